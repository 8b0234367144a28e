/* SPDX-License-Identifier: MIT */
"use strict";

/* One call: what was asked, the address space around it before and after, and
   the kernel's decision check by check. */

const chosenCall = (() => {
	const list = data.calls.list;
	const body = byId("call-body");
	const number = byId("call-number");
	const among = byId("call-among");
	let chosen = -1;

	const chosenAmong = {
		all: () => true,
		failed: (call) => Boolean(call.error),
		found: (call) => call.findings.length > 0,
	};

	/* ------------------------------------------------------------ the words */

	const judgedWords = {
		unplanned: "none: the mappings were not looked at",
		planned: "made before the call",
		explained: "made after the failure, which changed nothing",
		unseen: "made before the call, whose result was never learned",
	};
	const agreementWords = {
		agrees: "; so it went",
		unknown: "; it went otherwise, as what was not seen may explain",
		mismatch: "; it went otherwise",
	};
	const verdictWords = {
		deny: "denied by the policy: the kernel was not asked",
		abort: "ended by the policy: the kernel was not asked",
		inject: "made to fail on request: the kernel was not asked",
		delay: "made later, on request",
	};
	const roleWords = {
		other: "mapped", old: "the range that the call names",
		moved: "its pages, where they are now", grown: "new: the mapping has grown",
		copy: "the same pages a second time", empty: "kept mapped, its pages gone",
		destroyed: "mapped, and gone after the call",
	};
	const fates = ["passed", "refused", "possible", "unknown", "not-reached"];
	const fateWords = { passed: "passed", refused: "REFUSED", possible: "perhaps",
		unknown: "not known" };
	const stepWords = {
		"unmap-dest": "what lies at the destination is unmapped",
		"unmap-tail": "what lies in the tail is unmapped",
		"expand": "the mapping grows where it is",
		"pick": "the kernel picks a hole",
		"move": "the pages change their place",
		"copy": "the pages are mapped a second time",
		"unmap-source": "the old range is unmapped",
		"keep-source": "the old range stays mapped, and empty",
	};

	function planWords(call) {
		if (!call.plan)
			return judgedWords[call.judged] || call.judged;
		return call.plan + ", " + (judgedWords[call.judged] || call.judged) +
			(agreementWords[call.agreement] || "") +
			(call.racy ? ": another thread was faster" : "");
	}

	function rows(call) {
		const [pid, exe] = data.calls.processes[call.process] || ["?", "?"];

		return [
			["path", pathWords[call.path] || call.path],
			["refused by", call.error && (call.check ?
				call.check + ": " + call.reason : call.reason)],
			["damage", (call.damage || []).join("; ")],
			["verdict", verdictWords[call.verdict]],
			["plan", planWords(call)],
			["not seen", (call.unknown || []).join(", ")],
			["took", call.path === "unseen" ? "" : count(call.ns) + " ns"],
			["process", `${pid} (${exe}), thread ${call.tid}, seen as ${call.tier}`],
			["at", duration(call.t) + " after the first call"],
		].filter(([, text]) => text);
	}

	/* ---------------------------------------------------------- the picture */

	const big = ([start, end, role, flags, assumed]) => ({ start: BigInt(start),
		end: BigInt(end), role, flags, assumed });

	function flagWords(flags) {
		return data.calls.vma_flags.filter((name, i) => flags & (1 << i))
			.join(", ");
	}

	/* Not to scale: what is longer is wider, but not by as much; nothing
	   between mappings is narrow. */
	function layOut(ranges, width) {
		const bounds = [...new Set(ranges.flatMap((r) => [r.start, r.end]))]
			.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
		const parts = bounds.slice(1).map((end, i) => {
			const start = bounds[i];
			const mapped = ranges.some((r) => r.start <= start && r.end >= end);

			return mapped ? 3 + Math.log2(1 + Number((end - start) >> 12n)) : 2.2;
		});
		const all = d3.sum(parts) || 1;
		const place = new Map();
		let sum = 0;

		bounds.forEach((bound, i) => {
			place.set(bound, sum * width / all);
			sum += parts[i] || 0;
		});
		return { bounds, x: (bound) => place.get(bound) };
	}

	/* So many names of addresses as do not meet. */
	function drawBounds(svg, bounds, x, y) {
		let last = -Infinity;

		for (const bound of bounds) {
			const at = x(bound);

			svg.append("line").attr("x1", at).attr("x2", at).attr("y1", 16)
				.attr("y2", y).attr("stroke", "currentColor")
				.attr("stroke-opacity", .18);
			if (at - last < 104)
				continue;
			svg.append("text").attr("x", at).attr("y", y + 13)
				.attr("class", "address").text("0x" + bound.toString(16));
			last = at;
		}
	}

	function drawLane(svg, label, ranges, x, y) {
		svg.append("text").attr("class", "name").attr("x", 0).attr("y", y - 5)
			.text(label);
		for (const range of ranges) {
			const left = x(range.start);
			const wide = Math.max(2, x(range.end) - left);
			const size = bytes(Number(range.end - range.start));
			const group = svg.append("g");

			group.append("rect").attr("x", left).attr("y", y).attr("width", wide)
				.attr("height", 26).attr("class", "range " + range.role +
					(range.assumed ? " assumed" : ""));
			group.append("title").text(
				`0x${range.start.toString(16)}–0x${range.end.toString(16)}, ` +
				`${size}: ${roleWords[range.role]}` +
				(flagWords(range.flags) ? "; " + flagWords(range.flags) : ""));
			if (wide > 58)
				group.append("text").attr("class", "size " + range.role)
					.attr("x", left + 6).attr("y", y + 17).text(size);
		}
		if (!ranges.length)
			svg.append("text").attr("x", 6).attr("y", y + 17)
				.text("nothing that is known of");
	}

	/* Around what is there after a call that came to nothing. */
	function drawAsked(svg, asked, x, y) {
		if (asked)
			svg.append("rect").attr("class", "asked-for")
				.attr("x", x(asked.start)).attr("y", y - 3)
				.attr("width", Math.max(2, x(asked.end) - x(asked.start)))
				.attr("height", 32);
	}

	function roleKey(className, words) {
		const item = element("li", {});

		d3.select(item).append("svg").attr("class", "key")
			.attr("viewBox", "-1 -1 14 14").attr("aria-hidden", "true")
			.append("rect").attr("width", 12).attr("height", 12)
			.attr("class", className);
		item.append(words);
		return item;
	}

	function roleKeys(ranges, asked) {
		const roles = Object.keys(roleWords).filter((role) =>
			ranges.some((range) => range.role === role));

		return element("ul", { class: "legend" },
			...roles.map((role) => roleKey("range " + role, roleWords[role])),
			asked ? roleKey("asked-for", "what was asked for") : null);
	}

	function rangeTable(before, after, asked) {
		const line = (when, range) => element("tr", {}, element("td", {}, when),
			element("td", { class: "mono" }, `0x${range.start.toString(16)}–` +
				`0x${range.end.toString(16)}`),
			element("td", { class: "number" },
				bytes(Number(range.end - range.start))),
			element("td", {}, (roleWords[range.role] || "") +
				(flagWords(range.flags) ? "; " + flagWords(range.flags) : "")));

		return element("details", {}, element("summary", {}, "As a table"),
			element("div", { class: "wide" }, element("table", {},
				element("tbody", {}, ...before.map((r) => line("before", r)),
					...after.map((r) => line("after", r)),
					asked ? line("asked for", asked) : null))));
	}

	function picture(call) {
		const before = call.before.map(big), after = call.after.map(big);
		const asked = call.asked ? big([...call.asked, "", 0, false]) : null;
		const all = before.concat(after, asked || []);
		const box = element("div", { class: "chart space", id: "call-space" });
		const part = element("div", {}, element("h3", {},
			"Address space, before and after"));

		part.append(element("p", { class: "note" }, "Not to scale. " + (call.looked ?
			"Mappings as far as they were looked at." :
			"Only what follows from the call: the mappings around it are " +
			"recorded of calls that fail or have a finding.")));
		if (!all.length) {
			part.append(element("p", { class: "nothing" },
				"Nothing is known to be mapped where the call points to."));
			return part;
		}
		part.append(box, roleKeys(all, asked), rangeTable(before, after, asked));
		box.drawSpace = () => {
			const width = Math.max(280, body.clientWidth - 24);
			const { bounds, x } = layOut(all, width - 104);

			box.replaceChildren();
			const svg = d3.select(box).append("svg").attr("role", "img")
				.attr("aria-label", "Mappings before and after the call; a " +
					"table follows")
				.attr("viewBox", `0 0 ${width} 126`).attr("height", 126);

			drawBounds(svg, bounds, x, 106);
			drawLane(svg, "before", before, x, 22);
			drawLane(svg, "after", after, x, 72);
			drawAsked(svg, asked, x, 72);
		};
		return part;
	}

	/* --------------------------------------------------------- the decision */

	const units = [
		() => "", (v) => "0x" + v.toString(16),
		(v) => v.toLocaleString("en") + " B",
		(v) => v.toLocaleString("en"), (v) => (v ? "yes" : "no"),
	];
	const valueWords = (value, unit) =>
		value === null || value === undefined ? "not recorded" :
			units[unit](BigInt(value));

	/* "length: 8,192 B ≤ 4,096 B (old length)" */
	function compared(kind, fate, value, bound) {
		const left = `${kind.value}: ${valueWords(value, kind.unit)}`;

		if (!kind.unit)
			return "";
		if (kind.unit === 4)
			return left;
		return left + (fate === "refused" ? ", not " : " ") + kind.relation +
			(fate === "passed" || fate === "refused" ? " " : "? ") +
			valueWords(bound, kind.unit) +
			(kind.bound ? ` (${kind.bound})` : "");
	}

	function stopRow([index, fateIndex, value, bound]) {
		const kind = data.calls.stops[index];
		const fate = fates[fateIndex];

		if (kind.step)
			return element("tr", { class: "step" },
				element("td", { class: "fate" },
					fate === "passed" ? "done" : fateWords[fate]),
				element("td", {}, kind.step),
				element("td", {}, stepWords[kind.step] || ""));
		return element("tr", { class: fate },
			element("td", { class: "fate " + fate }, fateWords[fate]),
			element("td", { class: "mono", title: kind.sentence }, kind.check),
			element("td", {}, compared(kind, fate, value, bound) +
				(fate === "refused" ? " – " + kind.sentence : "")));
	}

	function decision(call) {
		const part = element("div", {}, element("h3", {}, "The decision"));
		const reached = call.stops.filter((stop) => fates[stop[1]] !== "not-reached");
		const rest = call.stops.filter((stop) => fates[stop[1]] === "not-reached")
			.map((stop) => data.calls.stops[stop[0]])
			.map((kind) => kind.check || kind.step);
		const stopped = /deny|abort|inject/.test(call.verdict || "");

		if (!call.stops.length) {
			part.append(element("p", { class: "nothing" },
				"What this kernel checks is not known."));
			return part;
		}
		part.append(element("p", { class: "note" },
			`Checks in the order of Linux ${data.calls.releases}` +
			(stopped ? ", none of which was asked." : ".")));
		if (reached.length)
			part.append(element("div", { class: "wide" }, element("table",
				{ class: "stops", id: "call-stops" },
				element("thead", {}, element("tr", {},
					...["Outcome", "Check", "What was compared"].map((text) =>
						element("th", { scope: "col" }, text)))),
				element("tbody", {}, ...reached.map(stopRow)))));
		if (rest.length)
			part.append(element("p", { class: "note" },
				"Not reached: " + rest.join(", ") + "."));
		return part;
	}

	/* ------------------------------------------------------------- the rest */

	function stack(call) {
		const part = element("div", {}, element("h3", {}, "Called from"));
		const frames = data.sites[call.site].stack;

		if (!frames.length)
			part.append(element("p", { class: "nothing" },
				"No stack was recorded."));
		part.append(element("ol", { class: "stack" }, ...frames.map((index) => {
			const [name, module, file, line, offset] = data.frames[index];
			const base = data.strings[module].split("/").pop();

			const place = data.strings[file] + (line ? ":" + line : "");

			/* the end of a path is enough to know a source file */
			return element("li", { title: data.strings[file] ? place :
				data.strings[module] }, (data.strings[name] ||
				base + "+" + offset) + (data.strings[file] ? " at " +
				place.split("/").slice(-2).join("/") :
				data.strings[name] && base ? " in " + base : ""));
		})));
		return part;
	}

	function findings(call) {
		return element("p", {}, ...call.findings.flatMap((id) => {
			const row = byId(id);
			const chip = row && row.querySelector(".severity");

			return [element("a", { href: "#" + id, class: "severity " +
				(chip ? chip.textContent : "info") }, row ?
				row.cells[1].firstChild.textContent : id), " "];
		}));
	}

	function build(call) {
		const result = call.error ? " = −1 " + call.error :
			call.result ? " = " + call.result : " = ?";

		body.replaceChildren(
			element("p", { class: "asked mono" }, call.call,
				element("b", {}, result)),
			findings(call),
			element("dl", { class: "outcome" }, ...rows(call).flatMap(
				([name, text]) => [element("dt", {}, name),
					element("dd", {}, text)])),
			picture(call),
			element("div", { class: "columns" }, decision(call), stack(call)));
		drawSpace();
	}

	function drawSpace() {
		const box = byId("call-space");

		if (box)
			box.drawSpace();
	}

	/* ------------------------------------------------------------- choosing */

	function next(by) {
		let i = chosen;

		do {
			i += by;
		} while (list[i] && !chosenAmong[among.value](list[i]));
		return list[i] ? i : -1;
	}

	function choose(i) {
		chosen = i;
		number.value = list[i].n;
		build(list[i]);
		byId("call-before").disabled = next(-1) < 0;
		byId("call-next").disabled = next(1) < 0;
		timeline.redraw();
	}

	/* The nearest that is kept: the one of that number if it is. */
	function nearest(n) {
		let i = d3.bisector((call) => call.n).left(list, n);

		if (i === list.length || (i && n - list[i - 1].n < list[i].n - n))
			i--;
		return i;
	}

	function show(n, jump) {
		const i = nearest(n);

		if (i < 0)
			return;
		choose(i);
		if (!jump)
			return;
		history.replaceState(null, "", "#call-" + list[i].n);
		byId("call").scrollIntoView();
		byId("call-title").focus({ preventScroll: true });
	}

	function step(by) {
		const i = next(by);

		if (i >= 0)
			choose(i);
	}

	byId("call-before").addEventListener("click", () => step(-1));
	byId("call-next").addEventListener("click", () => step(1));
	number.addEventListener("change", () => {
		const n = Number(number.value.replace(/[^0-9]/g, ""));

		if (n)
			show(n, false);
	});
	among.addEventListener("change", () => {
		if (chosen < 0 || chosenAmong[among.value](list[chosen])) {
			if (chosen >= 0)
				choose(chosen);
			return;
		}
		const i = list.findIndex(chosenAmong[among.value]);

		if (i >= 0)
			choose(i);
	});

	/* Links to calls that are not in the page go to the nearest. */
	function fromAddress() {
		const match = /^#call-(\d+)$/.exec(location.hash);

		if (match)
			show(Number(match[1]), true);
	}

	window.addEventListener("hashchange", fromAddress);
	charts.push(drawSpace);
	return {
		at: () => chosen,
		show,
		begin() {
			const telling = list.findIndex((call) => call.error);

			if (list.length)
				choose(Math.max(telling, 0));
			else
				body.append(element("p", { class: "nothing" },
					"No call was recorded."));
			fromAddress();
		},
	};
})();
