/**
 * What each kind of entry demands and changes: rules 2 to 13 of docs/formats/journal.md.
 *
 * Every function takes the state so far, what the entry says and the entry's time, and refuses the
 * entry before it changes anything.
 */

import { advancedTimes } from "./algorithms.js";
import { allZero } from "./bytes.js";
import { malformed } from "./errors.js";
import { UINT64_MAX } from "./integers.js";
import { EDDSA, readKey } from "./keys.js";
import { registryName, sameRegistry } from "./lineage.js";
import { MAX_TREE_SIZE } from "./sealed.js";
import { areUsable, shapedSigners } from "./signers.js";
import { ACTIVE, CLOSED, SUSPENDED, slotName, stateOf } from "./trust-state.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {import("./trust-state.js").TrustState} TrustState */
/** @typedef {import("./payloads.js").Payload} Payload */
/** @typedef {(state: TrustState, says: Payload, at: Int) => void} Apply */

/** @type {{ [kind: string]: Apply }} */
export const APPLY = {
  agencyRegistered(state, { agency: code, names }, at) {
    demand(!state.agencies.has(code), "an agency code is registered once");
    const states = [{ at, state: ACTIVE }];
    state.agencies.set(code, { code, names: [{ at, ...names }], states, successor: null });
  },
  agencyRenamed(state, { agency, names }, at) {
    agencyOf(state, agency).names.push({ at, ...names });
  },
  agencyAccountsChanged(state, { agency }) {
    agencyOf(state, agency);
  },
  agencySuspended(state, { agency: code }, at) {
    const agency = agencyOf(state, code);
    demand(stateOf(agency) === ACTIVE, "only an active agency can be suspended");
    agency.states.push({ at, state: SUSPENDED });
  },
  agencyResumed(state, { agency: code }, at) {
    const agency = agencyOf(state, code);
    demand(stateOf(agency) === SUSPENDED, "only a suspended agency can be resumed");
    agency.states.push({ at, state: ACTIVE });
  },
  agencyClosed(state, { agency: code, successor }, at) {
    const agency = agencyOf(state, code);
    demand(stateOf(agency) !== CLOSED, "a closed agency stays closed");
    if (successor !== null) {
      demand(successor !== code, "an agency succeeds itself");
      demand(stateOf(agencyOf(state, successor)) !== CLOSED, "the successor is closed");
    }
    agency.states.push({ at, state: CLOSED });
    agency.successor = successor;
  },
  keyAdded,
  keyEnded(state, { kid }, at) {
    const key = keyOf(state, kid);
    demand(key.endedAt === null, "a key ends at most once");
    key.endedAt = at;
  },
  keyCompromised(state, { kid, since }, at) {
    const key = keyOf(state, kid);
    demand(since <= at, "a compromise in the future");
    demand(key.compromise === null || since < key.compromise.since, "no earlier since");
    key.compromise = { since, at: key.compromise?.at ?? at };
  },
  batchConfirmed(state, { agency: code, batchNo }) {
    agencyOf(state, code);
    const anchor = anchorsOf(state, code)[Number(batchNo) - 1];
    demand(anchor !== undefined, "no such batch is anchored");
    demand(keyOf(state, anchor.kid).compromise !== null, "its key is not compromised");
    anchor.confirmed = true;
  },
  accreditationGranted(state, says, at) {
    const { agency, typeNo, depth, until } = says;
    checkAccreditation(state, says, at);
    state.accreditations.push({ parent: 0, agency, typeNo, depth, at, until, endedAt: null });
  },
  accreditationDelegated,
  accreditationEnded(state, { accreditation: number }, at) {
    const accreditation = state.accreditations[Number(number) - 1];
    demand(accreditation !== undefined, "no such accreditation");
    demand(accreditation.endedAt === null, "an accreditation ends at most once");
    accreditation.endedAt = at;
  },
  typeRegistered(state, { typeNo, version, digest }, at) {
    demand(typeNo >= 1, "type numbers count from 1");
    const versions = state.types.get(typeNo) ?? [];
    demand(version === versions.length + 1, "versions of a type count 1, 2, 3");
    versions.push({ digest, at });
    state.types.set(typeNo, versions);
  },
  batchAnchored,
  statusPublished(state, { agency, listNo, version, digest }, at) {
    agencyOf(state, agency);
    demand(listNo >= 1, "list numbers count from 1");
    const before = state.status.get(slotName(agency, listNo))?.version ?? 0;
    demand(version > before, "status versions rise");
    state.status.set(slotName(agency, listNo), { agency, listNo, version, at, digest });
  },
  algorithmSet(state, { alg, phase, effectiveAt }, at) {
    demand(effectiveAt >= at, "a calendar is never backdated");
    state.algorithms.set(alg, advancedTimes(state.algorithms.get(alg), phase, effectiveAt));
    state.steps.push({ alg, phase, effectiveAt, at });
  },
  checkpointSignersSet(state, { threshold, coseKeys }) {
    const signers = shapedSigners(threshold, coseKeys);
    demand(areUsable(signers), "a signer's key is on no curve");
    state.signers = signers;
  },
  successorRegistrySet(state, { chainId, contract }) {
    state.successor = { chainId, contract };
  },
  journalCarried(state, { chainId, contract }) {
    demand(
      sameRegistry(state, { chainId, contract }),
      "it names another registry than the one in force",
    );
    const next = /** @type {import("./lineage.js").Registry} */ (state.successor);
    demand(!state.wasAtHomeIn(next), "the journal was at home there before");
    state.earlierHomes.push({ chainId, contract, end: state.size });
    state.leftHomes.add(registryName({ chainId, contract }));
    state.chainId = next.chainId;
    state.contract = next.contract;
    state.successor = null;
  },
  registryRecognised,
  recognitionEnded(state, { recognition: number }, at) {
    const recognition = state.recognition(number);
    if (recognition === null) throw malformed("no such recognition");
    demand(recognition.endedAt === null, "a recognition ends at most once");
    recognition.endedAt = at;
  },
};

/** @type {Apply} rule 3 */
function keyAdded(state, { agency: code, kid, alg, coseKey }, at) {
  demand(stateOf(agencyOf(state, code)) !== CLOSED, "the agency is closed");
  const publicKey = readKey(coseKey);
  if (publicKey === null || publicKey.alg === EDDSA) throw malformed("a key of another shape");
  demand(publicKey.kid === kid && publicKey.alg === alg, "kid or alg are not the key's");
  demand(!state.keys.has(kid), "a kid is added once");
  const phase = state.algorithm(alg, at);
  demand(phase === "START" || phase === "WARN", "the algorithm is not allowed");
  const since = { addedAt: at, endedAt: null, compromise: null };
  state.keys.set(kid, { publicKey, kid, alg, agency: code, ...since });
}

/** @type {Apply} rule 5 */
function accreditationDelegated(state, says, at) {
  const { parent: number, agency, typeNo, depth, until } = says;
  checkAccreditation(state, says, at);
  const parent = state.accreditations[Number(number) - 1];
  demand(parent !== undefined, "no such parent");
  demand(state.isAccreditationInForce(parent, at), "the parent is not in force");
  demand(parent.typeNo === typeNo && depth < parent.depth, "beyond the scope of the parent");
  demand(parent.until === 0 || (until !== 0 && until <= parent.until), "longer than the parent");
  demand(state.isActive(parent.agency, at), "the parent's agency is not active");
  state.accreditations.push({ parent: number, agency, typeNo, depth, at, until, endedAt: null });
}

/**
 * @param {TrustState} state
 * @param {Payload} says
 * @param {Int} at
 */
function checkAccreditation(state, { accreditation, agency, typeNo, until }, at) {
  demand(accreditation === state.accreditations.length + 1, "accreditations count up by one");
  agencyOf(state, agency);
  demand(until === 0 || until > at, "over before it begins");
  demand(state.types.has(typeNo), "the type is not registered");
}

/** @type {Apply} rule 7 */
function batchAnchored(state, { agency: code, batchNo, root, size, kid }, at) {
  const agency = agencyOf(state, code);
  demand(stateOf(agency) === ACTIVE, "the agency is not active");
  const batches = anchorsOf(state, code);
  demand(batchNo === batches.length + 1, "batch numbers count 1, 2, 3");
  demand(size >= 1 && size <= MAX_TREE_SIZE, "the size is out of range");
  demand(!allZero(root), "the root is zero");
  const key = keyOf(state, kid);
  demand(key.agency === code, "the key is another agency's");
  demand(key.endedAt === null && key.compromise === null, "the key is ended or compromised");
  const anchor = { agency: code, batchNo, root, size, kid, at, confirmed: false };
  state.batches.set(code, batches);
  batches.push(anchor);
  state.addAnchor(anchor);
}

/** @type {Apply} rule 13 */
function registryRecognised(state, says, at) {
  const { recognition: number, chainId, contract, until, tail } = says;
  demand(number === state.recognitions.length + 1, "recognitions count up by one");
  demand(chainId >= 1 && chainId <= UINT64_MAX, "the chain id is out of range");
  demand(until === 0 || until > at, "over before it begins");
  demand(!state.wasAtHomeIn({ chainId, contract }), "it is this registry itself");
  demand(!state.isRecognised({ chainId, contract }, at), "it is recognised already");
  state.addRecognition({ number, chainId, contract, at, until, endedAt: null, tail });
}

/**
 * @param {boolean} holds
 * @param {string} rule
 */
function demand(holds, rule) {
  if (!holds) throw malformed(rule);
}

/**
 * @param {TrustState} state
 * @param {string} code
 */
function agencyOf(state, code) {
  const agency = state.agencies.get(code);
  if (agency === undefined) throw malformed("no such agency is registered");
  return agency;
}

/**
 * @param {TrustState} state
 * @param {string} kid
 */
function keyOf(state, kid) {
  const key = state.keys.get(kid);
  if (key === undefined) throw malformed("no such key is registered");
  return key;
}

/**
 * The anchors of a registered agency; batch n stands at n - 1.
 * @param {TrustState} state
 * @param {string} code
 */
function anchorsOf(state, code) {
  return state.batches.get(agencyOf(state, code).code) ?? [];
}
