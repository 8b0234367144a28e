/* SPDX-License-Identifier: MIT */
/* global d3 */
"use strict";

/* What all of the page's parts use: the data, elements, words for numbers.
   Nothing from the trace ever becomes HTML: it goes through textContent. */

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

document.documentElement.classList.add("scripts");

/* element("td", { class: "number" }, "text", child, …) */
function element(name, attributes, ...children) {
	const made = document.createElement(name);

	for (const [key, value] of Object.entries(attributes || {}))
		made.setAttribute(key, value);
	made.append(...children.filter((child) => child !== null));
	return made;
}

/* ------------------------------------------------------------------ words */

const count = d3.format(",d");

function withUnit(value, units, step) {
	let at = 0;

	while (at + 1 < units.length && value >= step) {
		value /= step;
		at++;
	}
	return (at && value < 100 ? value.toFixed(1).replace(/\.0$/, "") :
		Math.round(value)) + " " + units[at];
}

const bytes = (value) => withUnit(value,
	["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"], 1024);

function duration(ns) {
	if (ns >= 60e9)
		return (ns / 60e9).toFixed(1) + " min";
	return withUnit(ns, ["ns", "µs", "ms", "s"], 1000);
}

const plural = (number, noun) =>
	count(number) + " " + noun + (number === 1 ? "" : "s");

/* The colours as they are now, in the theme that is shown. */
function colour(name) {
	return getComputedStyle(document.documentElement)
		.getPropertyValue("--" + name).trim();
}

/* ------------------------------------------------------------------ paths */

const pathWords = {
	"move": "moved",
	"multi-move": "moved, several mappings",
	"dontunmap": "moved, old range kept",
	"expand-in-place": "grew in place",
	"shrink": "shrank in place",
	"no-resize": "unchanged",
	"duplicate": "mapped a second time",
	"refuse": "failed",
	"unseen": "result not seen",
};

/* Those of this trace, in that order. */
const paths = Object.keys(pathWords).filter((path) => data.sizes[path]);

/* Each path has a shape besides its colour. */
const shapes = {
	"move": (c, x, y, r) => {
		c.moveTo(x, y - r);
		c.lineTo(x + r, y + r * .8);
		c.lineTo(x - r, y + r * .8);
		c.closePath();
	},
	"multi-move": (c, x, y, r) => {
		c.moveTo(x, y - r);
		c.lineTo(x + r, y);
		c.lineTo(x, y + r);
		c.lineTo(x - r, y);
		c.closePath();
	},
	"dontunmap": (c, x, y, r) => c.rect(x - r * .8, y - r * .8, r * 1.6, r * 1.6),
	"expand-in-place": (c, x, y, r) => {
		c.moveTo(x + r * .85, y);
		c.arc(x, y, r * .85, 0, 2 * Math.PI);
	},
	"shrink": (c, x, y, r) => {
		c.moveTo(x, y + r);
		c.lineTo(x + r, y - r * .8);
		c.lineTo(x - r, y - r * .8);
		c.closePath();
	},
	"no-resize": (c, x, y, r) => c.rect(x - r, y - r * .35, 2 * r, r * .7),
	"duplicate": (c, x, y, r) => {
		c.rect(x - r, y - r, r, 2 * r);
		c.rect(x + r * .3, y - r, r * .7, 2 * r);
	},
	"unseen": (c, x, y, r) => c.rect(x - r * .3, y - r * .3, r * .6, r * .6),
};

/* A cross is a failure, whatever was asked. */
function drawMark(context, path, x, y, r) {
	context.beginPath();
	if (path === "refuse") {
		context.moveTo(x - r, y - r);
		context.lineTo(x + r, y + r);
		context.moveTo(x + r, y - r);
		context.lineTo(x - r, y + r);
		context.lineWidth = Math.max(1.6, r * .5);
		context.strokeStyle = colour("path-refuse");
		context.stroke();
		return;
	}
	shapes[path](context, x, y, r);
	context.fillStyle = colour("path-" + path);
	context.fill();
}

/* ---------------------------------------------------------------- drawing */

/* Sharp on every screen. Return: what to draw on, in CSS pixels. */
function fitCanvas(canvas, width, height) {
	const ratio = window.devicePixelRatio || 1;
	const context = canvas.getContext("2d");

	canvas.width = Math.round(width * ratio);
	canvas.height = Math.round(height * ratio);
	context.setTransform(ratio, 0, 0, ratio, 0, 0);
	return context;
}

/* Charts are drawn anew when the page's width or its colours change. */
const charts = [];

function drawCharts() {
	charts.forEach((draw) => draw());
}

const floorOf = (bucket) => {
	if (!bucket)
		return 0;
	const octave = Math.floor((bucket - 1) / data.steps);
	const step = (bucket - 1) % data.steps;

	return 2 ** octave * (1 + step / data.steps);
};
