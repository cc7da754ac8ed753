import { mount } from "svelte";
import "./base.css";
import "./print.css";
import "./slip.css";
import { keyboard } from "./keyboard";
import { till } from "./till.svelte";
import TillWindow from "./screens/TillWindow.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

// The shell asks by this name (`keys_ahead.rs`), and how many Enters have come tells whether it asks too early.
Object.assign(globalThis, { cardNext: () => [keyboard.enters, till.isCardNext()] });

mount(TillWindow, { target });
