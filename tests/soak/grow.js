// SPDX-License-Identifier: MIT
// grow.js MB: buffers, array buffers and WebAssembly memories that grow.
"use strict";

const { createHash } = require("crypto");
const { Worker, isMainThread, workerData } = require("worker_threads");

const limit = Number(isMainThread ? process.argv[2] : workerData) << 20;

function digest(data) {
	return createHash("sha256").update(data).digest("hex").slice(0, 16);
}

function growBuffer() {
	let buffer = Buffer.alloc(1000, "a");
	while (buffer.length < limit)
		buffer = Buffer.concat([buffer, buffer, Buffer.from("and more")]);
	return digest(buffer);
}

function growStrings() {
	const parts = [];
	for (let i = 0; i < limit / 64; i++)
		parts.push(`part ${i} of a string`);
	return digest(parts.join(","));
}

// Resizable ones are not in every version: what is printed is the same.
function growArrayBuffer() {
	let bytes = new Uint8Array(new ArrayBuffer(4096, { maxByteLength: limit }));
	for (let size = 8192; size <= limit; size *= 2) {
		if (bytes.buffer.resizable) {
			bytes.buffer.resize(size);
		} else {
			const larger = new Uint8Array(size);
			larger.set(bytes);
			bytes = larger;
		}
		bytes[size - 1] = size / 4096;
	}
	return digest(bytes);
}

function growMemory() {
	const memory = new WebAssembly.Memory({ initial: 1, maximum: limit >> 16 });
	while (memory.buffer.byteLength < limit) {
		new Uint8Array(memory.buffer).fill(memory.buffer.byteLength >> 16, -9);
		memory.grow(Math.min(7, (limit - memory.buffer.byteLength) >> 16));
	}
	return digest(new Uint8Array(memory.buffer));
}

for (const test of [growBuffer, growStrings, growArrayBuffer, growMemory])
	console.log(isMainThread ? "main" : "worker", test.name, test());
if (isMainThread)
	new Worker(__filename, { workerData: process.argv[2] });
