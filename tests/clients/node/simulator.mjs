// Starts the simulator as a process of its own and speaks to its control API.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import Stripe from "stripe";

export async function start() {
  const program = process.env.STRIPE_SIMULATOR ?? "target/debug/stripe-simulator";
  const child = spawn(program, ["--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const [line] = await new Promise((resolve) => lines.once("line", (...said) => resolve(said)));
  return new Simulator(child, new URL(line.split(" ").at(-1)));
}

class Simulator {
  constructor(child, url) {
    this.child = child;
    this.url = url;
  }

  stop() {
    this.child.kill();
  }

  client(key = "sk_test_node", options = {}) {
    const { hostname: host, port } = this.url;
    return new Stripe(key, { protocol: "http", host, port, telemetry: false, maxNetworkRetries: 0, ...options });
  }

  async control(path, body = {}) {
    const answer = await fetch(new URL(`/_simulator/${path}`, this.url), { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  }

  async ledger() {
    return (await (await fetch(new URL("/_simulator/ledger", this.url))).json()).charges;
  }

  later(seconds) {
    return this.control("clock", { advance_seconds: seconds });
  }

  authenticate(intent, passed = true) {
    const kind = intent.startsWith("seti_") ? "setup_intents" : "payment_intents";
    return this.control(`${kind}/${intent}/authenticate?success=${passed}`);
  }
}
