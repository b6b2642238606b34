// host.js -- runs a WebAssembly program of the ports' tests: what bitslab and the test want of a host.
const bytes = require("fs").readFileSync(process.argv[2]);
let memory;

function text(at, length) {
    const view = new Uint8Array(memory.buffer, at);
    return Buffer.from(view.subarray(0, length ?? view.indexOf(0))).toString();
}

const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    bitslab: {
        write: (at, length) => process.stderr.write(text(at, length)),
        random: Math.random,
        milliseconds: () => performance.now(),
    },
    world: {
        print: (at) => process.stdout.write(text(at)),
        exit: (status) => process.exit(status),
    },
});
memory = instance.exports.memory;
process.exit(instance.exports.world_main());
