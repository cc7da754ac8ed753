import { mount } from "svelte";
import "../base.css";
import CardPage from "./CardPage.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("card.html has no #app");

mount(CardPage, { target });
