/* SPDX-License-Identifier: MIT */
"use strict";

/* Every call by time and size. What is not kept one by one is shading. */

const timeline = (() => {
	const box = byId("timeline-chart");
	const canvas = box.querySelector("canvas");
	const svg = d3.select(box).select("svg");
	const read = byId("timeline-read");
	const calls = data.calls.list;
	const shown = new Set(paths);
	const margin = { left: 64, right: 14, top: 12, bottom: 28 };
	const end = Math.max(data.until_ns, 1000) * 1.01;
	const cells = densityCells();
	let width = 0, height = 0;
	let x = d3.scaleLinear(), y = d3.scaleLog();
	let moved = d3.zoomIdentity;
	let near = -1; /* the mark that is told of */

	/* Of each path the cells with something in them. */
	function densityCells() {
		const all = [];

		if (!data.density)
			return all;
		for (const [path, list] of Object.entries(data.density.cells)) {
			for (let i = 0; i < list.length; i += 3)
				all.push({ path, column: list[i],
					row: list[i + 1], calls: list[i + 2] });
		}
		return all;
	}

	/* Two rows to a doubling, the first is for sizes of 0. */
	const rowFloor = (row) => row ? 2 ** ((row - 1) / 2) : 0;

	/* Of all sizes; but what only failed may be as large as it likes. */
	function sizesOf(wanted) {
		return calls.filter(wanted).map((call) => call.size).concat(
			cells.filter(wanted).map((cell) => rowFloor(cell.row)))
			.filter((size) => size > 0);
	}

	function sizeDomain() {
		const done = sizesOf((call) => call.path !== "refuse");
		const all = done.length ? done : sizesOf(() => true);

		return [(d3.min(all) || 4096) / 2, (d3.max(all) || 4096) * 2];
	}

	const domain = sizeDomain();
	/* Bands below and above for what is not between. */
	const band = 20;
	const isBelow = (size) => size < domain[0];
	const isAbove = (size) => size > domain[1];
	const some = (is) => calls.some((call) => is(call.size)) ||
		cells.some((cell) => is(rowFloor(cell.row)));
	const below = some(isBelow) ? band : 0, above = some(isAbove) ? band : 0;

	function yOf(size) {
		if (isBelow(size))
			return height - margin.bottom - band / 2;
		return isAbove(size) ? margin.top + band / 2 - 4 : y(size);
	}

	/* Powers of two that people know, as many as fit. */
	function sizeTicks() {
		const all = [];
		const step = Math.ceil(Math.log2(domain[1] / domain[0]) /
			Math.max(2, height / 42));

		for (let i = Math.ceil(Math.log2(domain[0]) / step) * step;
			2 ** i <= domain[1]; i += step)
			all.push(2 ** i);
		return all;
	}

	function drawAxes() {
		const scale = moved.rescaleX(x);

		svg.selectAll("*").remove();
		svg.append("g").attr("class", "grid")
			.attr("transform", `translate(${margin.left},0)`)
			.call(d3.axisLeft(y).tickValues(sizeTicks())
				.tickSize(-(width - margin.left - margin.right))
				.tickFormat(bytes))
			.call((axis) => axis.select(".domain").remove());
		for (const [there, text, size] of [[below, "smaller", 0],
			[above, "larger", Infinity]]) {
			if (there)
				svg.append("text").attr("x", margin.left - 9)
					.attr("y", yOf(size) + 4).attr("text-anchor", "end")
					.text(text);
		}
		svg.append("g")
			.attr("transform", `translate(0,${height - margin.bottom})`)
			.call(d3.axisBottom(scale).ticks(Math.max(2, width / 130))
				.tickFormat(timeTick(scale)));
	}

	/* So precise that neighbours differ. */
	function timeTick(scale) {
		const ticks = scale.ticks(Math.max(2, width / 130));
		const step = ticks.length > 1 ? ticks[1] - ticks[0] : 1;
		const [unit, name] = [[60e9, "min"], [1e9, "s"], [1e6, "ms"], [1e3, "µs"],
			[1, "ns"]].find(([size]) => scale.domain()[1] >= size * 2) || [1, "ns"];
		const digits = Math.max(0, Math.ceil(-Math.log10(step / unit) - 1e-6));

		return (ns) => (ns / unit).toFixed(digits) + " " + name;
	}

	function rowEdges(row) {
		const size = rowFloor(row);

		if (isBelow(size) || isAbove(size))
			return [yOf(size) - 4, yOf(size) + 4];
		return [Math.max(margin.top, y(rowFloor(row + 1))), y(size)];
	}

	function drawCells(context, scale) {
		const most = d3.max(cells, (cell) => cell.calls) || 1;
		const column = data.density ? data.density.column_ns : 1;

		for (const path of paths) {
			if (!shown.has(path))
				continue;
			context.fillStyle = colour("path-" + path);
			for (const cell of cells) {
				if (cell.path !== path)
					continue;
				const left = scale(cell.column * column);
				const right = scale((cell.column + 1) * column);
				const [top, bottom] = rowEdges(cell.row);

				if (right < margin.left || left > width)
					continue;
				context.globalAlpha = .18 + .62 *
					Math.log(1 + cell.calls) / Math.log(1 + most);
				context.fillRect(left, top, Math.max(1.5, right - left - .3),
					Math.max(1.5, bottom - top - .3));
			}
		}
		context.globalAlpha = 1;
	}

	function drawMarks(context, scale) {
		const size = calls.length > 600 ? 2.6 : 3.6;
		const order = calls.map((call, i) => i);

		/* failures last, so that nothing covers them */
		order.sort((a, b) => (calls[a].path === "refuse") -
			(calls[b].path === "refuse"));
		context.globalAlpha = .85;
		for (const i of order) {
			const call = calls[i];

			if (!shown.has(call.path))
				continue;
			const at = scale(call.t);

			if (at < margin.left - 4 || at > width)
				continue;
			drawMark(context, call.path, at, yOf(calls[i].size),
				call.path === "refuse" ? size + .6 : size);
		}
		context.globalAlpha = 1;
	}

	function drawRing(context, scale, i, name) {
		if (i < 0)
			return;
		context.beginPath();
		context.arc(scale(calls[i].t), yOf(calls[i].size), 8, 0, 2 * Math.PI);
		context.lineWidth = 2;
		context.strokeStyle = colour(name);
		context.stroke();
	}

	function draw() {
		const context = fitCanvas(canvas, width, height);
		const scale = moved.rescaleX(x);

		context.clearRect(0, 0, width, height);
		context.save();
		context.beginPath();
		context.rect(margin.left, 0, width - margin.left - margin.right + 6,
			height - margin.bottom);
		context.clip();
		drawCells(context, scale);
		drawMarks(context, scale);
		drawRing(context, scale, chosenCall.at(), "mark");
		drawRing(context, scale, near, "text");
		context.restore();
		drawAxes();
	}

	function layout() {
		width = box.clientWidth;
		height = box.clientHeight;
		x = d3.scaleLinear([0, end], [margin.left, width - margin.right]);
		y = d3.scaleLog().base(2).domain(domain)
			.range([height - margin.bottom - below, margin.top + above]);
		zoom.extent([[margin.left, 0], [width - margin.right, height]])
			.translateExtent([[margin.left, 0], [width - margin.right, height]]);
		draw();
	}

	/* ---------------------------------------------------------- choosing */

	function nearest(px, py) {
		const scale = moved.rescaleX(x);
		let best = -1, least = 14 ** 2;

		calls.forEach((call, i) => {
			if (!shown.has(call.path))
				return;
			const distance = (scale(call.t) - px) ** 2 + (yOf(calls[i].size) - py) ** 2;

			if (distance < least) {
				least = distance;
				best = i;
			}
		});
		return best;
	}

	function tell(i) {
		if (i === near)
			return;
		near = i;
		if (i >= 0) {
			const call = calls[i];

			read.textContent = `Call ${count(call.n)}: ${bytes(call.size)}, ` +
				(call.error ? `failed with ${call.error}: ${call.reason}` :
					pathWords[call.path]) +
				(call.path === "unseen" ? "" : `, in ${duration(call.ns)}`);
		}
		draw();
	}

	canvas.addEventListener("mousemove", (event) =>
		tell(nearest(event.offsetX, event.offsetY)));
	canvas.addEventListener("mouseleave", () => tell(-1));
	canvas.addEventListener("click", (event) => {
		const i = nearest(event.offsetX, event.offsetY);

		if (i >= 0)
			chosenCall.show(calls[i].n, true);
	});

	/* ------------------------------------------------------------ zooming */

	const zoom = d3.zoom().scaleExtent([1, 1e6])
		/* the page scrolls by the wheel until the chart has the focus */
		.filter(() => !d3.event.button && (d3.event.type !== "wheel" ||
			d3.event.ctrlKey || document.activeElement === canvas))
		.on("zoom", () => {
			moved = d3.event.transform;
			draw();
		});
	const selection = d3.select(canvas);

	selection.call(zoom).on("dblclick.zoom", null);

	const scaleBy = (factor) => selection.call(zoom.scaleBy, factor);
	const moveBy = (pixels) =>
		selection.call(zoom.translateBy, pixels / moved.k, 0);
	const showAll = () => selection.call(zoom.transform, d3.zoomIdentity);

	/* To the next mark that is shown, in time. */
	function step(by) {
		let i = near < 0 && by < 0 ? 0 : near;

		do {
			i += by;
		} while (calls[i] && !shown.has(calls[i].path));
		if (calls[i])
			tell(i);
	}

	const keys = {
		"+": () => scaleBy(2), "=": () => scaleBy(2), "-": () => scaleBy(.5),
		"ArrowLeft": () => moveBy(120), "ArrowRight": () => moveBy(-120),
		"Home": showAll, "0": showAll, "Escape": showAll,
		",": () => step(-1), ".": () => step(1),
		"Enter": () => near >= 0 && chosenCall.show(calls[near].n, true),
	};

	canvas.addEventListener("keydown", (event) => {
		if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey)
			return;
		event.preventDefault();
		keys[event.key]();
	});
	byId("timeline-in").addEventListener("click", () => scaleBy(2));
	byId("timeline-out").addEventListener("click", () => scaleBy(.5));
	byId("timeline-all").addEventListener("click", showAll);

	/* ------------------------------------------------------------- legend */

	const keysShown = paths.map((path) => {
		const key = element("canvas", {});
		const button = element("button",
			{ type: "button", "aria-pressed": "true" }, key, pathWords[path]);

		button.addEventListener("click", () => {
			const on = !shown.has(path);

			if (on)
				shown.add(path);
			else
				shown.delete(path);
			button.setAttribute("aria-pressed", String(on));
			near = -1;
			draw();
		});
		byId("timeline-paths").append(element("li", {}, button));
		return () => drawMark(fitCanvas(key, 14, 14), path, 7, 7, 5);
	});

	charts.push(() => {
		keysShown.forEach((drawKey) => drawKey());
		layout();
	});
	return {
		redraw: draw,
		/* for tests */
		view: () => moved.rescaleX(x).domain(),
		marks: () => calls.map((call, i) => ({ n: call.n, path: call.path,
			x: moved.rescaleX(x)(call.t), y: yOf(calls[i].size) })),
	};
})();
