/* SPDX-License-Identifier: MIT */
"use strict";

/* A strip for each path: how many calls took, or asked for, how much. */

function spreadChart(id, spreads, words, ticks) {
	const box = byId(id);
	const svg = d3.select(box).select("svg");
	const margin = { left: 160, right: 70, top: 4, bottom: 26 };
	const strip = 34;
	const rows = paths.filter((path) => spreads[path]).map((path) => {
		const list = spreads[path];
		const buckets = [];

		for (let i = 0; i < list.length; i += 2)
			buckets.push({ low: floorOf(list[i]), high: floorOf(list[i] + 1),
				calls: list[i + 1] });
		return { path, buckets, most: d3.max(buckets, (b) => b.calls),
			all: d3.sum(buckets, (b) => b.calls) };
	});
	const positive = rows.flatMap((row) => row.buckets)
		.filter((bucket) => bucket.low > 0);

	/* The middle one, as near as the buckets tell. */
	function median(row) {
		let sum = 0;

		return row.buckets.find((b) => (sum += b.calls) * 2 >= row.all).low;
	}

	charts.push(() => {
		const width = box.clientWidth;
		const height = margin.top + rows.length * strip + margin.bottom;
		const low = d3.min(positive, (bucket) => bucket.low) || 1;
		const high = d3.max(positive, (bucket) => bucket.high) || 2;
		const x = d3.scaleLog().domain([low, Math.max(high, low * 16)])
			.range([margin.left, width - margin.right]);

		svg.attr("viewBox", `0 0 ${width} ${height}`).attr("height", height);
		svg.selectAll("*").remove();
		svg.append("g").attr("class", "grid")
			.attr("transform", `translate(0,${height - margin.bottom})`)
			.call(d3.axisBottom(x).tickValues(ticks(x.domain(), width))
				.tickFormat(words)
				.tickSize(-(height - margin.bottom - margin.top)))
			.call((axis) => axis.select(".domain").remove());
		if (rows.some((row) => !row.buckets[0].low))
			svg.append("text").attr("x", margin.left - 6).attr("y", height - 12)
				.attr("text-anchor", "middle").text("0");
		rows.forEach((row, i) => {
			const base = margin.top + (i + 1) * strip - 3;
			const y = d3.scaleSqrt().domain([0, row.most]).range([0, strip - 9]);
			const group = svg.append("g");

			group.append("path").attr("class", "path-" + row.path)
				.attr("d", row.buckets.map((b) => {
					/* there is no 0 on this scale: it has a place before it */
					const left = b.low ? x(b.low) : margin.left - 9;
					const wide = b.low ? Math.max(1, x(b.high) - left - .4) : 6;

					return `M${left.toFixed(1)},${base}` +
						`v${-y(b.calls).toFixed(1)}h${wide.toFixed(1)}V${base}Z`;
				}).join(""));
			group.append("line").attr("x1", margin.left)
				.attr("x2", width - margin.right).attr("y1", base)
				.attr("y2", base).attr("class", "base")
				.attr("stroke", "currentColor").attr("stroke-opacity", .25);
			group.append("text").attr("class", "name").attr("x", 12)
				.attr("y", base - 6).text(pathWords[row.path]);
			group.append("text").attr("x", width - 10).attr("y", base - 6)
				.attr("text-anchor", "end").text("~ " + words(median(row)));
		});
	});
}

/* Decades, or powers of two in steps that leave room for their names. */
function decades([low, high], width) {
	const all = d3.range(Math.ceil(Math.log10(low)),
		Math.floor(Math.log10(high)) + 1).map((i) => 10 ** i);
	const every = Math.ceil(all.length * 60 / Math.max(60, width - 220));

	return all.filter((tick, i) => i % every === 0);
}

function doublings([low, high], width) {
	const room = Math.max(2, (width - 220) / 62);
	const step = Math.ceil(Math.log2(high / low) / room);

	return d3.range(Math.ceil(Math.log2(low) / step) * step,
		Math.log2(high), step).map((i) => 2 ** i);
}

spreadChart("durations", data.durations, duration, decades);
spreadChart("sizes", data.sizes, bytes, doublings);
