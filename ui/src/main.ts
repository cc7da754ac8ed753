import { mount } from "svelte";
import "./base.css";
import "./print.css";
import "./slip.css";
import TillWindow from "./screens/TillWindow.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

mount(TillWindow, { target });
