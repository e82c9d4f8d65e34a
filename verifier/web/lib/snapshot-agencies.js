/** The agencies of a snapshot: names and states over time (docs/formats/bundle.md). */

import { isAgencyCode } from "./agency-code.js";
import { isName, NAME_BYTES } from "./names.js";
import { demand, timeAt } from "./snapshot-rows.js";
import { ACTIVE, CLOSED, SUSPENDED, stateOf } from "./trust-state.js";

/** @typedef {import("./cursor.js").Cursor} Cursor */
/** @typedef {import("./integers.js").Int} Int */
/** @typedef {import("./trust-state.js").TrustState} TrustState */
/** @typedef {import("./trust-state.js").Agency} Agency */

const CODE_BYTES = 16;

/** @type {{ [state: number]: number[] }} */
const FOLLOWS = { [ACTIVE]: [SUSPENDED, CLOSED], [SUSPENDED]: [ACTIVE, CLOSED], [CLOSED]: [] };

/**
 * Member 10, in order of registration.
 * @param {Cursor} cursor
 * @param {TrustState} state
 */
export function readAgencies(cursor, state) {
  cursor.key(10);
  /** @type {Int} */
  let registeredAt = 0;
  const count = cursor.array();
  for (let i = 0; i < count; i++) {
    const agency = readAgency(cursor, registeredAt, state.time);
    demand(!state.agencies.has(agency.code), "an agency twice");
    state.agencies.set(agency.code, agency);
    registeredAt = agency.states[0].at;
  }
  for (const agency of state.agencies.values()) {
    const { code, successor } = agency;
    demand(
      successor === null ||
        (successor !== code && state.agencies.has(successor) && stateOf(agency) === CLOSED),
      "an impossible successor",
    );
  }
}

/**
 * @param {Cursor} cursor
 * @param {Int} least
 * @param {Int} most
 * @returns {Agency}
 */
function readAgency(cursor, least, most) {
  cursor.tuple(4);
  const code = cursor.text(CODE_BYTES);
  demand(isAgencyCode(code), "not an agency code");
  let at = least;
  const names = cursor.list(() => {
    cursor.tuple(3);
    at = timeAt(cursor, at, most);
    const name = { at, zhHant: cursor.text(NAME_BYTES), en: cursor.text(NAME_BYTES) };
    demand(isName(name.zhHant) && isName(name.en), "a name of another form");
    return name;
  }, 1);
  const states = readStates(cursor, names[0].at, most);
  const successor = cursor.optional(() => cursor.text(CODE_BYTES));
  return { code, names, states, successor };
}

/**
 * @param {Cursor} cursor
 * @param {Int} registeredAt
 * @param {Int} most
 */
function readStates(cursor, registeredAt, most) {
  let at = registeredAt;
  let possible = [ACTIVE];
  const states = cursor.list(() => {
    cursor.tuple(2);
    at = timeAt(cursor, at, most);
    const state = cursor.number(CLOSED);
    demand(possible.includes(state), "states that cannot follow each other");
    possible = FOLLOWS[state];
    return { at, state };
  }, 1);
  demand(states[0].at === registeredAt, "the first name and the first state differ in time");
  return states;
}
