/* SPDX-License-Identifier: MIT */
"use strict";

/* Call sites as one tree: callers above, mremap at the end. */

const flame = (() => {
	const box = byId("flame-chart");
	const canvas = box.querySelector("canvas");
	const read = byId("flame-read");
	const find = byId("flame-find");
	const line = 20;
	const root = makeTree();
	const words = { calls: (v) => plural(v, "call"), bytes: (v) => bytes(v) + " moved",
		failed: (v) => plural(v, "failure"), ns: (v) => duration(v) };
	let measure = "calls";
	let tree = null;    /* as d3 lays it out */
	let focus = null;   /* what fills the width */
	let at = null;      /* what is told of */

	function frameOf(index) {
		const [name, module, file, lineNumber, offset] = data.frames[index];
		const base = data.strings[module].split("/").pop();

		return {
			name: data.strings[name] || (base ? base + "+" + offset : offset),
			module: data.strings[module],
			base,
			file: data.strings[file],
			line: lineNumber,
		};
	}

	/* Frames of one function are one, whatever line they are at. */
	function child(node, index) {
		const frame = frameOf(index);
		const key = frame.module + "\0" + frame.name;

		if (!node.by.has(key))
			node.by.set(key, { frame, key, by: new Map(), own: null });
		return node.by.get(key);
	}

	function makeTree() {
		const top = { frame: { name: "all", module: "", base: "", file: "", line: 0 },
			by: new Map(), own: null };

		for (const site of Object.values(data.sites)) {
			let node = top;

			for (const index of site.stack.slice().reverse())
				node = child(node, index);
			node.own = node.own || { calls: 0, failed: 0, bytes: 0, ns: 0 };
			for (const name of Object.keys(node.own))
				node.own[name] += site[name];
		}
		return top;
	}

	function measureTree() {
		tree = d3.hierarchy(root, (node) => [...node.by.values()])
			.sum((node) => node.own ? node.own[measure] : 0)
			.sort((a, b) => b.value - a.value || (a.data.key < b.data.key ? -1 : 1));
		d3.partition()(tree);
		focus = tree;
		at = null;
	}

	/* ------------------------------------------------------------- colours */

	/* One tint for each module: those of most frames get one of their own. */
	const tints = (() => {
		const modules = new Map();
		const spread = [205, 150, 40, 275, 330, 95, 20, 240];

		data.frames.forEach((frame) => modules.set(frame[1],
			(modules.get(frame[1]) || 0) + 1));
		const order = [...modules.entries()].sort((a, b) => b[1] - a[1]);
		const hues = new Map();

		order.slice(0, spread.length).forEach(([module], i) =>
			hues.set(data.strings[module], spread[i]));
		return hues;
	})();

	function isDark() {
		return getComputedStyle(document.documentElement).colorScheme === "dark";
	}

	function tint(node, faded, dark) {
		const hue = tints.get(node.data.frame.module);
		const colourful = hue === undefined || node === tree ? 0 : 38;

		return `hsl(${hue || 0} ${faded ? colourful / 3 : colourful}% ` +
			`${dark ? (faded ? 19 : 30) : (faded ? 93 : 84)}%)`;
	}

	/* -------------------------------------------------------------- search */

	const wanted = () => find.value.trim().toLowerCase();

	const matches = (node, text) => text &&
		(node.data.frame.name.toLowerCase().includes(text) ||
		node.data.frame.module.toLowerCase().includes(text));

	/* Of what is shown, the part below a match; nothing counts twice. */
	function matched(node, text) {
		if (matches(node, text))
			return node.value;
		return d3.sum(node.children || [], (below) => matched(below, text));
	}

	/* -------------------------------------------------------------- drawing */

	const scale = (width) =>
		d3.scaleLinear([focus.x0, focus.x1], [0, width]);
	const isAbove = (node) => focus.ancestors().includes(node);

	/* What is drawn, and where: the way to the focus across the whole width. */
	function boxes(width) {
		const x = scale(width);
		const all = [];

		tree.each((node) => {
			const above = isAbove(node);
			const left = above ? 0 : x(node.x0);
			const right = above ? width : x(node.x1);

			if (node.value && right - left >= .6 && right > 0 && left < width)
				all.push({ node, left, right, top: node.depth * line });
		});
		return all;
	}

	function shorten(context, text, room) {
		if (context.measureText(text).width <= room)
			return text;
		let length = Math.floor(text.length * room /
			context.measureText(text).width);

		while (length > 1 &&
			context.measureText(text.slice(0, length) + "…").width > room)
			length--;
		return length > 1 ? text.slice(0, length) + "…" : "";
	}

	function drawBox(context, drawn, text, dark) {
		const { node, left, right, top } = drawn;
		const hit = matches(node, text);

		context.fillStyle = hit ? colour("mark") :
			tint(node, text && !hit || node !== focus && isAbove(node), dark);
		context.fillRect(left, top, Math.max(.6, right - left - 1), line - 1);
		if (node === at) {
			context.strokeStyle = colour("text");
			context.lineWidth = 1.5;
			context.strokeRect(left + .75, top + .75,
				Math.max(1, right - left - 2.5), line - 2.5);
		}
		if (right - left < 26)
			return;
		context.fillStyle = hit ? colour("ground") : colour("text");
		context.fillText(shorten(context, node.data.frame.name, right - left - 10),
			left + 5, top + line / 2 + .5);
	}

	function draw() {
		const width = box.clientWidth;
		const height = (d3.max(tree.descendants(), (node) =>
			node.value ? node.depth : 0) + 1) * line;
		const context = fitCanvas(canvas, width, height);
		const text = wanted();
		const dark = isDark();

		canvas.style.height = height + "px";
		context.font = "12px system-ui, -apple-system, 'Segoe UI', Roboto, " +
			"'Noto Sans', 'DejaVu Sans', sans-serif";
		context.textBaseline = "middle";
		for (const drawn of boxes(width))
			drawBox(context, drawn, text, dark);
	}

	/* ------------------------------------------------------------- choosing */

	const percent = (part, whole) => whole ? " (" +
		(100 * part / whole).toFixed(part / whole < .1 ? 1 : 0) + " %)" : "";

	function describe(node) {
		const { name, module, file, line: number } = node.data.frame;

		return name + (file ? ` at ${file}${number ? ":" + number : ""}` : "") +
			(module ? ` in ${module}` : "") + ": " + words[measure](node.value) +
			percent(node.value, tree.value);
	}

	function tell(node) {
		if (node === at)
			return;
		at = node;
		if (node)
			read.textContent = describe(node);
		draw();
	}

	function zoomTo(node) {
		focus = node;
		at = node;
		read.textContent = describe(node);
		draw();
	}

	function nodeAt(event) {
		const hit = boxes(box.clientWidth).find((drawn) =>
			event.offsetX >= drawn.left && event.offsetX < drawn.right &&
			event.offsetY >= drawn.top && event.offsetY < drawn.top + line);

		return hit ? hit.node : null;
	}

	function search() {
		const text = wanted();

		if (text)
			read.textContent = `“${find.value.trim()}”: ` +
				words[measure](matched(tree, text)) +
				percent(matched(tree, text), tree.value);
		draw();
	}

	/* Also where there are more than fit into the box. */
	function walkTo(node) {
		const top = node.depth * line;

		tell(node);
		if (top < box.scrollTop || top + line > box.scrollTop + box.clientHeight)
			box.scrollTop = top - box.clientHeight / 2;
	}

	/* Left and right among those that one function calls. */
	function sibling(by) {
		const all = (at && at.parent ? at.parent.children : [])
			.filter((node) => node.value);
		const next = all[all.indexOf(at) + by];

		if (next)
			walkTo(next);
	}

	const keys = {
		"ArrowDown": () => walkTo(!at ? focus : (at.children || [])
			.find((node) => node.value) || at),
		"ArrowUp": () => walkTo(at && at.parent || tree),
		"ArrowLeft": () => sibling(-1),
		"ArrowRight": () => sibling(1),
		"Enter": () => at && zoomTo(at),
		"Escape": () => zoomTo(tree),
		"Home": () => zoomTo(tree),
	};

	canvas.addEventListener("keydown", (event) => {
		if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey)
			return;
		event.preventDefault();
		keys[event.key]();
	});
	canvas.addEventListener("mousemove", (event) => tell(nodeAt(event)));
	canvas.addEventListener("mouseleave", () => tell(null));
	canvas.addEventListener("click", (event) => {
		const node = nodeAt(event);

		if (node)
			zoomTo(node);
	});
	byId("flame-all").addEventListener("click", () => zoomTo(tree));
	find.addEventListener("input", search);
	byId("flame-by").addEventListener("change", (event) => {
		measure = event.target.value;
		measureTree();
		read.textContent = describe(tree);
		draw();
	});

	measureTree();
	charts.push(draw);
	return {
		/* for tests */
		shown: () => boxes(box.clientWidth).map(({ node, left, right, top }) =>
			({ name: node.data.frame.name, value: node.value, left, right, top })),
	};
})();
