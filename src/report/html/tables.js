/* SPDX-License-Identifier: MIT */
"use strict";

/* Tables that are there without us: headings become buttons that sort. */

function valueOf(row, column) {
	const cell = row.cells[column];
	const value = cell && cell.dataset.value;

	return value === undefined ? (cell ? cell.textContent : "") : Number(value);
}

function compareRows(column, descending) {
	return (a, b) => {
		const left = valueOf(a, column), right = valueOf(b, column);
		const order = typeof left === "number" && typeof right === "number" ?
			left - right : String(left).localeCompare(String(right));

		return descending ? -order : order;
	};
}

function sortBy(table, heading) {
	const column = [...heading.parentNode.children].indexOf(heading);
	const body = table.tBodies[0];
	const first = heading.classList.contains("number") ?
		"descending" : "ascending";
	const order = heading.getAttribute("aria-sort") === first ?
		(first === "ascending" ? "descending" : "ascending") : first;

	for (const other of heading.parentNode.children)
		other.removeAttribute("aria-sort");
	heading.setAttribute("aria-sort", order);
	body.append(...[...body.rows].sort(
		compareRows(column, order === "descending")));
}

for (const table of document.querySelectorAll("table.sortable")) {
	for (const heading of table.tHead.rows[0].cells) {
		const button = element("button", { type: "button" },
			heading.textContent);

		heading.replaceChildren(button);
		button.addEventListener("click", () => sortBy(table, heading));
	}
}

/* ------------------------------------------------------- filter of the sites */

(() => {
	const rows = [...byId("site-table").tBodies[0].rows];
	const texts = rows.map((row) => row.textContent.toLowerCase());

	function filter() {
		const text = byId("sites-find").value.trim().toLowerCase();
		const failed = byId("sites-failed").checked;
		let shown = 0;

		rows.forEach((row, i) => {
			row.hidden = !texts[i].includes(text) ||
				(failed && valueOf(row, 1) === 0);
			shown += !row.hidden;
		});
		byId("sites-count").textContent = shown === rows.length ? "" :
			`${plural(shown, "site")} shown.`;
	}

	byId("sites-find").addEventListener("input", filter);
	byId("sites-failed").addEventListener("change", filter);
})();
