#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check-page.py REMAPGUARD SHOWS: the page of report --format=html, in a real
browser: audits of SHOWS are made, and each row below asks one thing of a page."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from browser import Browser, Failure

EVENTS = 1000000
# what a page of any length keeps within
MAX_BYTES = 8 << 20
MAX_SECONDS = 10
HOSTILE = "<img src=x onerror=document.title='got'>\"'&\u202e"

# how many pixels of a canvas are not of its first pixel's colour
PAINTED = """(canvas => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height)
    .getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const {data} = copy.getImageData(0, 0, canvas.width, canvas.height);
  const words = new Uint32Array(data.buffer);
  return words.filter((word) => word !== words[0]).length;
})"""

# the least contrast of text with what is behind it, and where
CONTRAST = """(() => {
  const parse = (text) => {
    const parts = text.match(/[\\d.]+/g).map(Number);
    const scale = text.startsWith("color(") ? 255 : 1;
    return parts.slice(0, 3).map((part) => part * scale)
      .concat(parts.length > 3 ? parts[3] : 1);
  };
  const luminance = (rgb) => rgb.slice(0, 3).map((c) => c / 255)
    .map((c) => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour[3] > .5) return colour;
    }
    return [255, 255, 255, 1];
  };
  let worst = [99, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, element = text.parentElement;
    if (!text.data.trim() || !element.checkVisibility() ||
        element.closest("svg, script, noscript, :disabled, .skip")) continue;
    const a = luminance(parse(getComputedStyle(element).color));
    const b = luminance(ground(element));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < worst[0])
      worst = [ratio, element.className + ": " + text.data.slice(0, 40)];
  }
  return worst;
})()"""


def want(condition, *what):
    if not condition:
        raise Failure(" ".join(str(word) for word in what))


def click_on(page, selector):
    page.run(f"document.querySelector({selector!r}).scrollIntoView("
             "{block: 'center', behavior: 'instant'})")
    box = page.run(f"(({{x, y, width, height}}) => [x + width / 2, y + height / "
                   f"2])(document.querySelector({selector!r})"
                   ".getBoundingClientRect())")
    page.click(*box)


def type_into(page, selector, text):
    click_on(page, selector)
    page.call("Input.insertText", text=text)


# ------------------------------------------------------------------- the rows

def loads_quietly(page):
    want(not page.complaints, page.complaints)
    others = [url for url in page.requests
              if not url.startswith(("file:///", "data:", "about:"))]
    want(not others, "asks for", others)
    want(sum(url.startswith("file:") for url in page.requests) == 1,
         "loads other files:", page.requests)


def first_screen_answers(page):
    for selector in (".verdict", ".tiles", "#paths", "#failures-title",
                     "#failures-title ~ .answers li", "#fixes-title",
                     "#fixes-title ~ .answers li:nth-child(3)",
                     "#callers-title ~ .callers li"):
        bottom = page.run(f"document.querySelector({selector!r})"
                          ".getBoundingClientRect().bottom")
        want(bottom <= 800, selector, "ends at", bottom)
    text = page.run("document.querySelector('.top').innerText")
    for words in ("calls failed", "EINVAL", "check overlap", "hazard",
                  "RG101 clobber: the destination holds", "clobber_other at",
                  "Who called most", "Bytes moved",
                  "Time in mremap", "Linux"):
        want(words in text, "does not say", words)


def charts_draw(page):
    for selector in ("#timeline-chart canvas", "#flame-chart canvas"):
        got = page.run(f"{PAINTED}(document.querySelector({selector!r}))")
        want(got > 500, selector, "has", got, "pixels")
    for selector, least in (("#durations svg path", 6), ("#sizes svg path", 6),
                            ("#timeline-chart svg .tick", 6),
                            ("#call-space rect", 1)):
        got = page.run(f"document.querySelectorAll({selector!r}).length")
        want(got >= least, selector, got)
    want(page.run("[...document.querySelectorAll('svg path')].every((path) => "
                  "!/NaN|undefined/.test(path.getAttribute('d')))"), "NaN")


def timeline_zooms(page):
    span = "(([a, b]) => b - a)(timeline.view())"
    whole = page.run(span)
    click_on(page, "#timeline-in")
    want(abs(page.run(span) - whole / 2) < whole / 100, "button: no zoom")
    page.run("document.querySelector('#timeline-chart canvas').focus()")
    page.key("+", "+")
    want(abs(page.run(span) - whole / 4) < whole / 100, "key: no zoom")
    before = page.run("timeline.view()[0]")
    page.key("ArrowRight")
    want(page.run("timeline.view()[0]") > before, "arrow: did not move")
    page.key("Home")
    want(page.run(span) == whole, "Home: not all")
    x, y = page.run("(({x, y}) => [x + 400, y + 100])(document.querySelector("
                    "'#timeline-chart canvas').getBoundingClientRect())")
    page.mouse("mouseWheel", x, y, deltaX=0, deltaY=-300)
    want(page.run(span) < whole, "wheel: no zoom")
    before = page.run("timeline.view()[0]")
    page.mouse("mousePressed", x, y, button="left", clickCount=1)
    page.mouse("mouseMoved", x - 80, y, button="left", buttons=1)
    page.mouse("mouseReleased", x - 80, y, button="left", clickCount=1)
    want(page.run("timeline.view()[0]") > before, "drag: did not move")
    click_on(page, "#timeline-all")
    want(page.run(span) == whole, "button: not all")


def timeline_hides_a_path(page):
    marks = f"{PAINTED}(document.querySelector('#timeline-chart canvas'))"
    before = page.run(marks)
    click_on(page, "#timeline-paths button")
    want(page.run("document.querySelector('#timeline-paths button')"
                  ".getAttribute('aria-pressed')") == "false", "not pressed")
    want(page.run(marks) < before, "draws as much as before")


def mark_opens_a_call(page):
    page.run("document.querySelector('#timeline-chart').scrollIntoView("
             "{block: 'center', behavior: 'instant'})")
    n, x, y = page.run("""(() => {
      const {x, y} = document.querySelector('#timeline-chart canvas')
        .getBoundingClientRect();
      const mark = timeline.marks().filter((m) => m.path === 'refuse').pop();
      return [mark.n, x + mark.x, y + mark.y];
    })()""")
    page.click(x, y)
    page.run("new Promise((done) => setTimeout(done, 600))")
    got = page.run("[location.hash, document.getElementById('call-number').value]")
    want(page.run("data.calls.list.find((call) => call.n === "
                  f"{got[1]}).error") is not None, "opened", got)
    want(got[0] == "#call-" + got[1], got)
    want(page.run("Math.abs(document.querySelector('#call')"
                  ".getBoundingClientRect().top) < 200"), "not scrolled to")


def timeline_by_keys(page):
    page.run("document.querySelector('#timeline-chart canvas').focus()")
    for key in ("Home", ".", ".", ","):
        page.key(key)
    want(page.run("document.getElementById('timeline-read').textContent")
         .startswith("Call 1:"), "reads another")
    page.key("Enter")
    want(page.run("location.hash") == "#call-1", "not opened")


def flame_zooms(page):
    wide = """(name) => flame.shown().filter((box) => box.name === name)
      .reduce((sum, box) => sum + box.right - box.left, 0)"""
    before = page.run(f"({wide})('clobber_other')")
    page.run("document.querySelector('#flame-chart').scrollIntoView("
             "{block: 'center', behavior: 'instant'})")
    x, y = page.run("""(() => {
      const {x, y} = document.querySelector('#flame-chart canvas')
        .getBoundingClientRect();
      const box = flame.shown().find((box) => box.name === 'clobber_other');
      return [x + (box.left + box.right) / 2, y + box.top + 8];
    })()""")
    page.click(x, y)
    after = page.run(f"({wide})('clobber_other')")
    want(before and after > 5 * before, before, after)
    want("clobber_other at" in page.run(
        "document.getElementById('flame-read').textContent"), "not read")
    page.run("document.querySelector('#flame-chart canvas').focus()")
    page.key("Escape")
    want(page.run(f"({wide})('clobber_other')") == before, "Esc: not all")
    told = "document.getElementById('flame-read').textContent"
    want(page.run(told).startswith("all: "), page.run(told))
    page.key("ArrowDown")
    below = page.run(told)
    want(not below.startswith("all: ") and "(100 %)" in below, below)
    page.key("ArrowUp")
    want(page.run(told).startswith("all: "), page.run(told))


def flame_searches(page):
    type_into(page, "#flame-find", "REFUSE_")
    text = page.run("document.getElementById('flame-read').textContent")
    want(re.match(r"“REFUSE_”: 4 calls \(\d", text), text)


def flame_measures(page):
    for measure, words in (("failed", "failure"), ("bytes", "moved"),
                           ("ns", "s"), ("calls", "call")):
        click_on(page, f"#flame-by input[value={measure}]")
        text = page.run("document.getElementById('flame-read').textContent")
        want(words in text and "(100 %)" in text, measure, text)


COLUMN = ("[...document.querySelectorAll('#site-table tbody tr')]"
          ".map((row) => Number(row.cells[%d].dataset.value))")


def tables_sort(page):
    for column in range(5):
        selector = f"#site-table th:nth-child({column + 1}) button"
        click_on(page, selector)
        first = page.run(COLUMN % column)
        click_on(page, selector)
        second = page.run(COLUMN % column)
        up, down = sorted(first), sorted(first, reverse=True)
        want([first, second] in ([up, down], [down, up]), column, first, second)
        want(page.run("document.querySelectorAll('#site-table th[aria-sort]')"
                      ".length") == 1, "aria-sort")
    click_on(page, "#site-table th:nth-child(6) button")
    texts = page.run("[...document.querySelectorAll('#site-table tbody tr')]"
                     ".map((row) => row.cells[5].textContent)")
    want(texts == sorted(texts, key=str.lower), texts)


def sites_filter(page):
    shown = ("[...document.querySelectorAll('#site-table tbody tr')]"
             ".filter((row) => row.checkVisibility()).map((row) => "
             "row.textContent)")
    every = page.run(shown)
    type_into(page, "#sites-find", "Refuse_")
    got = page.run(shown)
    want(len(got) == 4 and all("refuse_" in row for row in got), got)
    want(page.run("document.getElementById('sites-count').textContent")
         == "4 sites shown.", "count")
    page.run("document.getElementById('sites-find').select()")
    page.key("Delete")
    want(page.run(shown) == every, "not all again")
    click_on(page, "#sites-failed")
    want(page.run(shown) == got, "failed only")


def call_has_its_decision(page):
    page.run("location.hash = ''")
    number = page.run("data.calls.list.find((call) => call.check === 'overlap').n")
    page.run(f"location.hash = 'call-{number}'")
    page.run("new Promise((done) => setTimeout(done, 300))")
    text = page.run("document.getElementById('call-body').innerText")
    for words in ("mremap(0x", "−1 EINVAL", "RG008 overlap", "REFUSED",
                  "passed", "Not reached", "refuse_overlap at", "shows.c",
                  "Address space, before and after", "Checks in the order of"):
        want(words in text, "does not say", words)
    want(page.run("document.querySelector('#call-stops tr.refused')"
                  ".cells[1].textContent") == "overlap", "another check")


def call_has_its_picture(page):
    number = page.run("data.calls.list.find((call) => "
                      "call.findings.includes('RG101')).n")
    page.run(f"location.hash = 'call-{number}'")
    page.run("new Promise((done) => setTimeout(done, 300))")
    roles = page.run("[...document.querySelectorAll('#call-space rect')]"
                     ".map((rect) => rect.getAttribute('class'))")
    for role in ("range old", "range destroyed", "range moved"):
        want(role in roles, role, "is not in", roles)
    want(page.run("[...document.querySelectorAll('#call-space rect')].every("
                  "(rect) => rect.getBoundingClientRect().width >= 2)"), "thin")


def calls_are_stepped_through(page):
    page.run("location.hash = 'call-1'")
    page.run("new Promise((done) => setTimeout(done, 300))")
    number = "Number(document.getElementById('call-number').value)"
    want(page.run(number) == 1, page.run(number))
    want(page.run("document.getElementById('call-before').disabled"), "before")
    click_on(page, "#call-next")
    want(page.run(number) == 2, "next:", page.run(number))
    page.run("""document.getElementById('call-among').value = 'failed';
      document.getElementById('call-among').dispatchEvent(new Event('change'))""")
    seen = [page.run(number)]
    while not page.run("document.getElementById('call-next').disabled"):
        click_on(page, "#call-next")
        seen.append(page.run(number))
    want(len(seen) == 4, "failures:", seen)


def themes_switch(page):
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    page.dark(False)
    light = page.run(ground)
    page.dark(True)
    dark = page.run(ground)
    want(light != dark, "the system's dark is not followed")
    click_on(page, "#theme")
    want(page.run(ground) == light, "light:", page.run(ground))
    click_on(page, "#theme")
    page.dark(False)
    want(page.run(ground) == dark, "dark:", page.run(ground))
    click_on(page, "#theme")
    want(page.run(ground) == light, "auto:", page.run(ground))


def text_has_contrast(page):
    page.run("document.querySelectorAll('details').forEach((d) => d.open = true)")
    for dark in (False, True):
        page.dark(dark)
        ratio, where = page.run(CONTRAST)
        want(ratio >= 4.5, "dark" if dark else "light", ratio, where)
    page.dark(False)


def controls_have_names(page):
    roles = {"button", "textbox", "searchbox", "checkbox", "radio", "combobox",
             "application", "image", "link"}
    tree = page.call("Accessibility.getFullAXTree")["nodes"]
    named = 0
    for node in tree:
        role = node.get("role", {}).get("value")
        if node.get("ignored") or role not in roles:
            continue
        want(node.get("name", {}).get("value"), role, "without a name")
        named += 1
    want(named > 30, named)


def fits_a_phone(page):
    page.size(390, 844)
    page.run("new Promise((done) => setTimeout(done, 300))")
    wide = page.run("""[...document.querySelectorAll('main *')].filter((e) =>
      e.checkVisibility() && !e.closest('.wide, pre, svg, .chart') &&
      e.getBoundingClientRect().right > 390)
      .map((e) => e.tagName + ' ' + e.textContent.slice(0, 40))""")
    want(not wide and page.run("document.documentElement.scrollWidth") <= 390,
         "wider than the screen:", wide)
    charts_draw(page)
    page.size(1280, 800)


def no_name_is_html(page):
    loads_quietly(page)
    want(page.run("document.images.length") == 0, "an image")
    want(page.run("document.title").startswith("<img src=x onerror="),
         page.run("document.title"))
    want("\u202e" not in page.run("document.documentElement.outerHTML"),
         "turns text round")


def tables_need_no_scripts(page):
    text = page.run("document.body.innerText")
    for words in ("RG101 clobber", "clobber_other at", "refuse_overlap",
                  "passed   crosses-vma",
                  "What this page cannot tell", "checks, in the order of Linux",
                  "The charts need JavaScript"):
        want(words in text, "does not say", words)
    for selector, least in (("#site-table tbody tr", 10),
                            ("#findings tbody tr", 5),
                            ("#path-table tbody tr", 7)):
        got = page.run(f"document.querySelectorAll({selector!r}).length")
        want(got >= least, selector, got)
    want(page.run("[...document.querySelectorAll('.scripted')].every((e) => "
                  "!e.checkVisibility())"), "what needs scripts is shown")


def million_is_sane(page):
    loads_quietly(page)
    text = page.run("document.querySelector('#timeline .note').textContent")
    want("The shading counts all 1,000," in text, text)
    want("every failure is among them" in text, text)
    total = page.run("Object.values(data.density.cells).flat()"
                     ".filter((x, i) => i % 3 === 2).reduce((a, b) => a + b)")
    want(total == page.run("data.calls_made") and total >= EVENTS, total)
    charts_draw(page)
    timeline_zooms(page)


SMALL = [loads_quietly, first_screen_answers, charts_draw, timeline_zooms,
         timeline_hides_a_path, mark_opens_a_call, timeline_by_keys,
         flame_zooms, flame_searches, flame_measures, tables_sort,
         sites_filter, call_has_its_decision, call_has_its_picture,
         calls_are_stepped_through, themes_switch, text_has_contrast,
         controls_have_names, fits_a_phone]


# ------------------------------------------------------------------ the pages

class Check:
    def __init__(self, page, work, remapguard):
        self.page, self.work, self.remapguard = page, work, remapguard
        self.failed = 0

    def audit(self, name, program, *arguments):
        """The page of a run of the program. Return: its path."""
        trace = os.path.join(self.work, name + ".trace")
        html = os.path.join(self.work, name + ".html")
        subprocess.run([self.remapguard, "run", "--quiet", "-o", trace,
                        "--options=max-trace=4G", "--", program, *arguments],
                       check=True)
        subprocess.run([self.remapguard, "report", "--format=html", "-o", html,
                        trace], check=True)
        shutil.rmtree(trace)
        return html

    def row(self, html, ask):
        """Each row has the page to itself, as it is when just opened."""
        self.page.size(1280, 800)
        try:
            self.page.open(html)
            self.page.run("1")
            ask(self.page)
            want(not self.page.complaints, self.page.complaints)
            print("ok", ask.__name__)
        except Failure as failure:
            self.failed += 1
            print("FAILED:", ask.__name__ + ":", failure)

    def size_and_time(self, html):
        size = os.path.getsize(html)
        start = time.monotonic()
        self.page.open(html)
        self.page.run("new Promise(requestAnimationFrame)")
        took = time.monotonic() - start
        print(f"{EVENTS:,} calls: {size / 2**20:.1f} MiB, {took:.1f} s to open")
        if size > MAX_BYTES or took > MAX_SECONDS:
            self.failed += 1
            print("FAILED: too large or too slow")


def check(page, work, remapguard, shows):
    self = Check(page, work, remapguard)
    small = self.audit("small", shows)
    for ask in SMALL:
        self.row(small, ask)
    page.scripts(False)
    self.row(small, tables_need_no_scripts)
    page.scripts(True)
    hostile = shutil.copy(shows, os.path.join(work, HOSTILE))
    self.row(self.audit("hostile", hostile), no_name_is_html)
    large = self.audit("large", shows, str(EVENTS))
    self.size_and_time(large)
    self.row(large, million_is_sane)
    return self.failed


def main(remapguard, shows):
    if not shutil.which("chromium"):
        print("chromium is not installed")
        return 77
    work = tempfile.mkdtemp()
    try:
        with Browser() as page:
            return check(page, work, remapguard, shows) != 0
    finally:
        shutil.rmtree(work)


sys.exit(main(*sys.argv[1:]))
