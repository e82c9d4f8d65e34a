import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { acceptDrops } from "../../verifier/web/app/scan/drop.js";
import { listenForFragment, takeFragment } from "../../verifier/web/app/scan/fragment.js";
import { listenForScanner } from "../../verifier/web/app/scan/wedge.js";

const DIGITS = "0123456789".repeat(30);
const LINK = `https://verify.example.gov/#${DIGITS}`;
const BODY = { tagName: "BODY" };

/** The texts that were heard when these keys were pressed, and what became of the last key. */
function heard(keys, { gap = 8, target = BODY, ...more } = {}) {
  const texts = [];
  const page = new EventTarget();
  listenForScanner(page, (text) => texts.push(text));
  let at = 1000;
  let last = null;
  for (const key of keys) {
    last = new Event("keydown", { cancelable: true });
    const pressed = typeof key === "string" ? { key, code: "" } : key;
    Object.entries({ ...pressed, ...more }).forEach(([name, value]) => {
      Object.defineProperty(last, name, { value });
    });
    at += key.pause ?? gap;
    Object.defineProperty(last, "timeStamp", { value: at });
    Object.defineProperty(last, "target", { value: target });
    page.dispatchEvent(last);
  }
  return { texts, isTaken: last.defaultPrevented };
}

describe("a hand scanner", () => {
  test("digits ended by Enter are a code, and press no button", () => {
    assert.deepEqual(heard([...DIGITS, "Enter"]), { texts: [DIGITS], isTaken: true });
  });

  test("a link ended by Tab is a code, with its capitals and signs", () => {
    const keys = [...LINK].flatMap((key) => (/[:#]/.test(key) ? ["Shift", key] : [key]));
    assert.deepEqual(heard([...keys, "Tab"]).texts, [LINK]);
  });

  test("a printed result is told to the page, which says that it is none", () => {
    const text = "SEALROOT-RESULT:VALID";
    assert.deepEqual(heard([...text, "Enter"]).texts, [text]);
  });

  test("one code after the other is heard", () => {
    const twice = [...DIGITS, "Enter", ...LINK, "Enter"];
    assert.deepEqual(heard(twice).texts, [DIGITS, LINK]);
  });

  test("a person who types is too slow", () => {
    assert.deepEqual(heard([...DIGITS, "Enter"], { gap: 1200 }), { texts: [], isTaken: false });
  });

  test("what was typed before a pause does not belong to the code", () => {
    const paused = { key: "0", code: "Digit0", pause: 5000 };
    assert.deepEqual(heard(["7", "7", paused, ...DIGITS, "Enter"]).texts, [`0${DIGITS}`]);
  });

  test("the rest of a code that was interrupted is not taken for a whole one", () => {
    const late = { key: "0", code: "Digit0", pause: 5000 };
    const broken = [...DIGITS, late, ...DIGITS, "Enter"];
    assert.deepEqual(heard(broken).texts, []);
    assert.deepEqual(heard([...broken, ...LINK, "Enter"]).texts, [LINK]);
  });

  test("fast words, short numbers and Enter alone are left to the page", () => {
    for (const text of ["", "123", "the quick brown fox jumps over"])
      assert.deepEqual(heard([...text, "Enter"]), { texts: [], isTaken: false });
  });

  test("whoever types into a field is left alone", () => {
    for (const target of [
      { tagName: "INPUT" },
      { tagName: "TEXTAREA" },
      { isContentEditable: true },
    ])
      assert.deepEqual(heard([...DIGITS, "Enter"], { target }), { texts: [], isTaken: false });
  });

  test("digits are told by their keys where an input method has taken them", () => {
    const keys = [...DIGITS].map((digit) => ({ key: "Process", code: `Digit${digit}` }));
    assert.deepEqual(heard([...keys, "Enter"]).texts, [DIGITS]);
  });

  test("shortcuts are no text", () => {
    assert.deepEqual(heard([...DIGITS, "Enter"], { ctrlKey: true }).texts, []);
  });

  test("a flood without an end is forgotten", () => {
    assert.deepEqual(heard([..."1".repeat(42_001), "Enter"]).texts, []);
  });
});

describe("the fragment of a link", () => {
  /** A window at this fragment, with what it shows afterwards. */
  const at = (hash) => {
    const shown = [];
    const location = { hash, pathname: "/office/check/", search: "?lang=en" };
    const history = { state: 1, replaceState: (...now) => shown.push(now) };
    return { shown, taken: takeFragment(location, history) };
  };

  test("digits are taken, and leave the address bar and the history", () => {
    assert.deepEqual(at(`#${DIGITS}`), {
      taken: DIGITS,
      shown: [[1, "", "/office/check/?lang=en"]],
    });
  });

  test("a damaged code of ours is taken too, and is not left in the history", () => {
    const damaged = `${DIGITS.slice(0, 100)}x${DIGITS.slice(100)}`;
    assert.equal(at(`#${damaged}`).taken, damaged);
  });

  test("what a browser wrote with percent signs is taken as it was", () => {
    assert.equal(at(`#https%3A%2F%2Fa%2F%23${DIGITS}`).taken, `https://a/#${DIGITS}`);
    assert.equal(at(`#%zz${DIGITS}`).taken, `%zz${DIGITS}`);
  });

  test("a fragment of another kind stays where it is", () => {
    for (const hash of ["", "#", "#main", "#settings-2"])
      assert.deepEqual(at(hash), { taken: null, shown: [] });
  });

  test("a link that is opened in the same window is taken too", () => {
    const window = Object.assign(new EventTarget(), {
      location: { hash: `#${DIGITS}`, pathname: "/", search: "" },
      history: {
        state: null,
        replaceState: () => {
          window.location.hash = "";
        },
      },
    });
    const texts = [];
    const end = listenForFragment(window, (text) => texts.push(text));
    window.location.hash = "#42";
    window.dispatchEvent(new Event("hashchange"));
    end();
    window.location.hash = "#43";
    window.dispatchEvent(new Event("hashchange"));
    assert.deepEqual(texts, [DIGITS, "42"]);
  });
});

describe("drag and drop", () => {
  /** What the takers were told of these events. */
  const told = (...events) => {
    const said = [];
    const page = new EventTarget();
    acceptDrops(page, {
      onFiles: (files) => said.push(["files", ...files]),
      onText: (text) => said.push(["text", text]),
      onOver: (isOver) => said.push(["over", isOver]),
    });
    for (const [name, more] of events) {
      const event = new Event(name, { cancelable: true });
      for (const [key, value] of Object.entries(more ?? {}))
        Object.defineProperty(event, key, { value });
      page.dispatchEvent(event);
      said.push(event.defaultPrevented);
    }
    return said;
  };
  const holding = (files, text) => ({ files, getData: () => text });

  test("files are taken, and the browser does not open them", () => {
    const dropped = ["drop", { dataTransfer: holding(["a.pdf", "b.png"], "file name") }];
    assert.deepEqual(told(["dragover"], dropped), [true, ["files", "a.pdf", "b.png"], true]);
  });

  test("a text is taken", () => {
    assert.deepEqual(told(["drop", { dataTransfer: holding([], LINK) }]), [["text", LINK], true]);
  });

  test("something over the page is told once, until it leaves", () => {
    const moves = ["dragenter", "dragenter", "dragleave", "dragleave"].map((name) => [name]);
    const said = told(...moves).filter((one) => typeof one !== "boolean");
    assert.deepEqual(said, [
      ["over", true],
      ["over", false],
    ]);
  });

  test("what is pasted outside a field is taken, and into one is not", () => {
    const clipboardData = holding([], LINK);
    assert.deepEqual(told(["paste", { clipboardData, target: BODY }]), [["text", LINK], true]);
    assert.deepEqual(told(["paste", { clipboardData, target: { tagName: "TEXTAREA" } }]), [false]);
  });
});
