"""Starts the simulator as a process of its own and speaks to its control API."""

import json
import os
import subprocess
import urllib.request
from pathlib import Path

import stripe

ROOT = Path(__file__).resolve().parents[3]


class Simulator:
    def __init__(self):
        program = os.environ.get("STRIPE_SIMULATOR", str(ROOT / "target/debug/stripe-simulator"))
        self.process = subprocess.Popen([program, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def client(self, key="sk_test_python", **options):
        return stripe.StripeClient(key, base_addresses={"api": self.url}, **options)

    def control(self, control_path, **body):
        data = json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_simulator/{control_path}", data=data, method="POST")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def ledger(self):
        with urllib.request.urlopen(f"{self.url}/_simulator/ledger") as answer:
            return json.load(answer)["charges"]

    def later(self, seconds):
        self.control("clock", advance_seconds=seconds)

    def authenticate(self, intent, passed=True):
        kind = "setup_intents" if intent.startswith("seti_") else "payment_intents"
        return self.control(f"{kind}/{intent}/authenticate?success={'true' if passed else 'false'}")
