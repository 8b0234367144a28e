# SPDX-License-Identifier: MIT
# chromium.sh SIZE: a page that makes arrays of so many 1000 numbers, strings,
# a canvas and a WebAssembly memory, and what has become of its document.
set -eu
cat >page.html <<HTML
<!doctype html><title>page</title><canvas id=c width=900 height=600></canvas>
<ul id=list></ul><script>
function say(text) {
	const item = document.createElement("li");
	item.textContent = text;
	list.append(item);
}
const numbers = [];
for (let i = 0; i < $1 * 1000; i++)
	numbers.push(i * 7919 % 104729);
say("numbers " + numbers.sort((a, b) => a - b)[$1 * 500]);
let text = "";
for (let i = 0; i < $1 * 100; i++)
	text += i;
say("text " + text.length);
const context = c.getContext("2d");
for (let i = 0; i < 300; i++) {
	context.fillStyle = "hsl(" + i + ",80%,50%)";
	context.fillRect(i * 3, i * 2, 40, 40);
}
const pixels = context.getImageData(0, 0, 900, 600).data;
say("pixels " + pixels.filter(value => value > 0).length);
const memory = new WebAssembly.Memory({ initial: 1, maximum: 1000 });
while (memory.buffer.byteLength < $1 * 65536)
	memory.grow(1);
say("memory " + memory.buffer.byteLength);
let buffer = new ArrayBuffer(1000);
for (let i = 0; i < 12; i++) {
	const next = new ArrayBuffer(buffer.byteLength * 2);
	new Uint8Array(next).set(new Uint8Array(buffer));
	buffer = next;
}
say("buffer " + buffer.byteLength);
for (let i = 0; i < $1 * 10; i++) {
	const row = document.createElement("p");
	row.textContent = "row " + i;
	document.body.append(row);
}
</script>
HTML
chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
	--disable-background-networking --disable-component-update \
	--disable-sync --disable-dev-shm-usage --user-data-dir="$PWD/data" \
	--virtual-time-budget=20000 --dump-dom "file://$PWD/page.html" \
	2>log | grep -E '<li>|row [0-9]*9<' | cksum
grep -c . log >/dev/null
