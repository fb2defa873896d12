/* What every part of the page shares: the screens, the two lines of words above them, China's clock. */
import { word } from "./words.js";

const screens = [...document.querySelectorAll("[data-screen]")];
const lines = { problem: document.getElementById("problem"), told: document.getElementById("told") };
const signIn = document.getElementById("sign-in");

export function here() {
  return screens.find((each) => !each.hidden)?.dataset.screen;
}

export function show(name) {
  for (const each of screens) each.hidden = each.dataset.screen !== name;
  document.querySelector(`[data-screen="${name}"] h1`).focus({ preventScroll: true });
  scrollTo(0, 0);
}

/* One line of words: `problem` when something is to be done about it, else `told`. */
export function tell(line, text) {
  for (const [name, each] of Object.entries(lines)) {
    each.textContent = name === line ? text : "";
    each.hidden = name !== line || !text;
  }
  signIn.hidden = true;
  if (line === "problem" && text) lines.problem.scrollIntoView({ block: "nearest" });
}

export function hush() {
  tell("told", "");
}

export function askToSignIn(text) {
  tell("problem", text);
  signIn.hidden = false;
}

/* 11月21日 周六 08:05, in China wherever the telephone thinks it is. */
const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeZone: "Asia/Shanghai", month: "short", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false,
});

export function moment(when) {
  return clock.format(typeof when === "string" ? Date.parse(when) : when);
}

/* Do it with the button off, so that a second tap is not a second record; an accident is owned up to. */
export function once(button, act) {
  return async (event) => {
    event?.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    try {
      await act(event);
    } catch (error) {
      tell("problem", error.name === "QuotaExceededError" ? word("full") : word("failed"));
      console.warn(error);
    } finally {
      button.disabled = false;
    }
  };
}
