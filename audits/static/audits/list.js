// Keys of the list: j and k move and judge nothing; x selects one, X all of the page, of all pages, or none; c, d, i lead to the decision, of one flag or of those selected.
const rows = [...document.querySelectorAll("#result_list tbody tr")];
let current = -1;

// What keys lead to is unfolded, to be read whole. The mouse unfolds nothing: what it pressed would move before it is
// released, and the click would be lost.
function mark(place, { isUnfolded }) {
  current = place;
  rows.forEach((row, index) => {
    row.classList.toggle("current", index === current);
    if (isUnfolded) {
      row.classList.toggle("unfolded", index === current);
    }
  });
}

function move(by) {
  if (!rows.length) {
    return;
  }
  mark(Math.min(Math.max(current + by, 0), rows.length - 1), { isUnfolded: true });
  // Enter opens what is focused.
  rows[current].querySelector(".field-question .subject").focus();
}

function act(name) {
  const form = document.querySelector("#changelist-form");
  const action = form?.querySelector("select[name=action]");
  if (!action?.querySelector(`option[value=${name}]`)) {
    return;
  }
  action.value = name;
  form.requestSubmit(form.querySelector("button[name=index]"));
}

function selected() {
  return rows.filter((row) => row.querySelector(".action-select")?.checked);
}

// All rows of the page, then those of the other pages too, then none.
function selectMore() {
  const others = document.querySelector("#changelist-form .actions .question a");
  if (others?.checkVisibility()) {
    others.click();
  } else {
    document.querySelector("#action-toggle")?.click();
  }
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => rows[current]?.querySelector(".action-select")?.click(),
  X: selectMore,
  "/": () => document.querySelector("#searchbar")?.focus(),
  "?": () => document.querySelector(".keys")?.scrollIntoView({ block: "center" }),
  a: () => {
    if (!selected().length) {
      rows[current]?.querySelector(".action-select")?.click();
    }
    const to = document.querySelector("#changelist-form select[name=to]");
    if (to) {
      to.value = "";
    }
    act("assign");
  },
};
for (const key of ["c", "d", "i"]) {
  KEYS[key] = () => {
    if (!selected().length && current < 0) {
      return;
    }
    sessionStorage.setItem("veedor-decision", key);
    if (selected().length) {
      act("decide_together");
    } else {
      rows[current].querySelector(".field-question .subject").click();
    }
  };
}

document.addEventListener("focusin", (event) => {
  const place = rows.indexOf(event.target.closest?.("#result_list tbody tr"));
  if (place >= 0) {
    mark(place, { isUnfolded: event.target.matches(":focus-visible") });
  }
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("textarea, select, input:not([type=checkbox])")) {
    return;
  }
  const step = KEYS[event.key];
  if (step) {
    event.preventDefault();
    step();
  }
});
