// words.js -- buffers, compression and hashing in worker threads that come and go. Most blocks are
// made in one thread and dropped in another: the pool's, the worker's or the collector's.
'use strict';
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
const crypto = require('crypto');
const zlib = require('zlib');

class Random {
    constructor(seed) { this.seed = seed; }
    below(n) {
        this.seed = (Math.imul(this.seed, 1103515245) + 12345) & 0x7fffffff;
        return (this.seed >>> 8) % n;
    }
    word() {
        let text = '';
        for (let i = 2 + this.below(9); i > 0; i--) text += String.fromCharCode(97 + this.below(26));
        return text;
    }
}

const hash = (data) => crypto.createHash('sha256').update(data).digest('hex').slice(0, 16);

function dictionary(seed, words) {
    const random = new Random(seed), count = new Map();
    for (let i = 0; i < words; i++) {
        const word = random.word();
        count.set(word, (count.get(word) || 0) + 1);
    }
    return [...count].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

// Buffers of mixed sizes, each its own block beyond node's pool; the oldest are dropped.
function buffers(seed, number) {
    const random = new Random(seed), kept = [], sum = crypto.createHash('sha256');
    for (let i = 0; i < number; i++) {
        const buffer = Buffer.alloc(1 + random.below(1 << (3 + random.below(14))), i & 255);
        if (buffer[buffer.length - 1] !== (i & 255)) throw new Error('a buffer lost its contents');
        kept.push(buffer);
        if (kept.length > 200) sum.update(kept.splice(random.below(200), 1)[0]);
    }
    return sum.digest('hex').slice(0, 16);
}

const inflated = (text) => new Promise((resolve, reject) => {
    zlib.deflate(text, (error, packed) => error ? reject(error) :
        zlib.inflate(packed, (failure, back) => failure ? reject(failure) : resolve(back)));
});

async function job(seed) {
    const text = dictionary(seed, 8000).map(([word, n]) => `${word} ${n}`).join('\n');
    const back = await Promise.all([1, 2, 3, 4].map((n) => inflated(text.slice(n * 100))));
    const zeroed = new Uint8Array(300000);
    if (zeroed.some((byte) => byte !== 0)) throw new Error('a new array is not zero');
    return { seed, text: hash(text), back: back.map(hash).join(), buffers: buffers(seed, 1500) };
}

async function main() {
    console.log('dictionary', hash(JSON.stringify(dictionary(1, 60000))));
    console.log('buffers', buffers(2, 8000));
    for (let round = 0; round < 4; round++) {
        const answers = await Promise.all([1, 2, 3, 4].map((n) => new Promise((resolve, reject) => {
            const block = new Uint8Array(50000 * n).fill(n);  // moved to the worker and back
            const worker = new Worker(__filename, { workerData: round * 10 + n });
            worker.once('error', reject);
            worker.once('message', (answer) => resolve(answer));
            worker.postMessage(block, [block.buffer]);
        })));
        for (const { result, block } of answers) console.log(JSON.stringify(result), hash(block));
    }
    const keys = await Promise.all([1, 2, 3, 4].map((n) => new Promise((resolve, reject) =>
        crypto.scrypt('secret' + n, 'salt', 32, (error, key) => error ? reject(error) : resolve(key)))));
    console.log('keys', keys.map((key) => key.toString('hex')).join(' '));
}

if (isMainThread) {
    main();
} else {
    parentPort.once('message', async (block) => {
        const result = await job(workerData);
        parentPort.postMessage({ result, block }, [block.buffer]);
    });
}
