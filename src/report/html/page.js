/* SPDX-License-Identifier: MIT */
"use strict";

/* The colours, and the beginning. */

(() => {
	const button = byId("theme");
	const names = ["auto", "light", "dark"];
	const words = { auto: "as the system", light: "light", dark: "dark" };
	const labels = { auto: "Auto", light: "Light", dark: "Dark" };
	let theme = "auto";

	/* A page opened from a disk may have no storage. */
	function remembered() {
		try {
			return localStorage.getItem("remapguard-theme");
		} catch (error) {
			return null;
		}
	}

	function remember() {
		try {
			localStorage.setItem("remapguard-theme", theme);
		} catch (error) {
			/* then it holds until the page is closed */
		}
	}

	function use(name) {
		theme = names.includes(name) ? name : "auto";
		if (theme === "auto")
			delete document.documentElement.dataset.theme;
		else
			document.documentElement.dataset.theme = theme;
		button.textContent = labels[theme];
		button.setAttribute("aria-label", "Colours: " + words[theme]);
	}

	button.addEventListener("click", () => {
		use(names[(names.indexOf(theme) + 1) % names.length]);
		remember();
		drawCharts();
	});
	window.matchMedia("(prefers-color-scheme: dark)")
		.addEventListener("change", drawCharts);
	use(remembered());
})();

(() => {
	let width = 0;

	new ResizeObserver(() => {
		if (width !== document.body.clientWidth) {
			width = document.body.clientWidth;
			drawCharts();
		}
	}).observe(document.body);
})();

drawCharts();
chosenCall.begin();
