/**
 * The trust state: what a journal says, and the questions asked of it as of a time
 * (docs/formats/journal.md). A replay fills one, a snapshot holds one.
 */

import { phaseAt, STOP } from "./algorithms.js";
import { hex } from "./bytes.js";
import { registryName, sameRegistry } from "./lineage.js";
import { isInForce } from "./recognition.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {import("./recognition.js").Recognition} Recognition */
/** @typedef {{ at: Int, state: number }} AgencyStateChange */
/**
 * @typedef {object} Agency
 * @property {string} code
 * @property {{ at: Int, zhHant: string, en: string }[]} names
 * @property {AgencyStateChange[]} states
 * @property {string | null} successor
 */
/**
 * @typedef {object} KeyRecord
 * @property {import("./keys.js").PublicKey} publicKey
 * @property {string} kid
 * @property {number} alg
 * @property {string} agency
 * @property {Int} addedAt
 * @property {Int | null} endedAt
 * @property {{ since: Int, at: Int } | null} compromise
 */
/**
 * @typedef {object} Accreditation
 * @property {number} parent 0 is none
 * @property {string} agency
 * @property {Int} typeNo
 * @property {Int} depth
 * @property {Int} at
 * @property {Int} until 0 is open
 * @property {Int | null} endedAt
 */
/** @typedef {{ agency: string, listNo: number, version: Int, at: Int, digest: Uint8Array }} StatusRecord */
/**
 * @typedef {object} Anchor
 * @property {string} agency
 * @property {Int} batchNo
 * @property {Uint8Array} root
 * @property {Int} size
 * @property {string} kid
 * @property {Int} at
 * @property {boolean} confirmed
 */

export const SUSPENDED = 0;
export const ACTIVE = 1;
export const CLOSED = 2;

export class TrustState {
  /** @param {import("./lineage.js").Registry} registry the one in force */
  constructor({ chainId, contract }) {
    this.chainId = chainId;
    this.contract = contract;
    /** @type {Int} */
    this.size = 0;
    /** @type {Uint8Array} */
    this.head = new Uint8Array(32);
    /** @type {Int} */
    this.time = 0;
    /** @type {Map<string, Agency>} */
    this.agencies = new Map();
    /** @type {Map<string, KeyRecord>} by kid */
    this.keys = new Map();
    /** @type {Accreditation[]} number n stands at n - 1 */
    this.accreditations = [];
    /** @type {Map<Int, { digest: Uint8Array, at: Int }[]>} version n stands at n - 1 */
    this.types = new Map();
    /** @type {Map<string, StatusRecord>} by `slotName` */
    this.status = new Map();
    /** @type {import("./algorithms.js").AlgorithmStep[]} */
    this.steps = [];
    /** @type {Map<Int, import("./algorithms.js").AlgorithmTimes>} */
    this.algorithms = new Map();
    /** @type {import("./signers.js").Signers | null} */
    this.signers = null;
    /** @type {import("./lineage.js").Registry | null} */
    this.successor = null;
    /** @type {Anchor[]} */
    this.anchors = [];
    /** @type {Map<string, Anchor>} the earliest of each root and key */
    this.anchorOf = new Map();
    /** @type {Map<string, Anchor[]>} by agency, while a journal is replayed */
    this.batches = new Map();
    /** @type {(import("./lineage.js").Registry & { end: Int })[]} */
    this.earlierHomes = [];
    /** @type {Set<string>} the names of earlier homes, while a journal is replayed */
    this.leftHomes = new Set();
    /** @type {Recognition[]} number n stands at n - 1 */
    this.recognitions = [];
    /** @type {Map<string, Recognition>} the newest of each registry: no older one is in force */
    this.newestRecognition = new Map();
    /** False for a snapshot: it holds the anchors of complete keys only. */
    this.hasEveryAnchor = true;
    /** @type {Map<string, Accreditation[]> | null} by agency and type, once somebody has asked */
    this.scopes = null;
    /** @type {Set<string> | null} */
    this.complete = null;
  }

  /** @returns {import("./lineage.js").Home[]} every registry in force so far, the last one open */
  get homes() {
    const { chainId, contract } = this;
    return [...this.earlierHomes, { chainId, contract, end: null }];
  }

  /**
   * Whether the journal is or was at home there.
   * @param {import("./lineage.js").Registry} registry
   */
  wasAtHomeIn(registry) {
    return sameRegistry(registry, this) || this.leftHomes.has(registryName(registry));
  }

  /** @param {Recognition} recognition */
  addRecognition(recognition) {
    this.recognitions.push(recognition);
    this.newestRecognition.set(registryName(recognition), recognition);
  }

  /**
   * Whether a registry is recognised at a time not before the last entry.
   * @param {import("./lineage.js").Registry} registry
   * @param {Int} at
   */
  isRecognised(registry, at) {
    const newest = this.newestRecognition.get(registryName(registry));
    return newest !== undefined && isInForce(newest, at);
  }

  /** @param {Anchor} anchor */
  addAnchor(anchor) {
    this.anchors.push(anchor);
    const name = anchorName(anchor.root, anchor.kid);
    if (!this.anchorOf.has(name)) this.anchorOf.set(name, anchor);
  }

  /**
   * The earliest anchor of this root by this agency with this key, or null.
   * @param {Uint8Array} root
   * @param {string} agency
   * @param {string} kid
   */
  anchor(root, agency, kid) {
    const anchor = this.anchorOf.get(anchorName(root, kid));
    return anchor?.agency === agency ? anchor : null;
  }

  /**
   * @param {string} code
   * @param {Int} at
   */
  isActive(code, at) {
    const states = this.agencies.get(code)?.states ?? [];
    return states.findLast((change) => change.at <= at)?.state === ACTIVE;
  }

  /**
   * @param {string} code
   * @param {Int} typeNo
   * @param {Int} at
   */
  isAccredited(code, typeNo, at) {
    if (this.scopes === null) this.scopes = Map.groupBy(this.accreditations, scopeName);
    const scope = this.scopes.get(scopeName({ agency: code, typeNo })) ?? [];
    return scope.some((accreditation) => this.isAccreditationInForce(accreditation, at));
  }

  /**
   * @param {Accreditation} accreditation
   * @param {Int} at
   */
  isAccreditationInForce(accreditation, at) {
    /** @type {Accreditation | undefined} */
    let above = accreditation;
    while (above !== undefined) {
      if (!isInForce(above, at)) return false;
      above = this.accreditations[above.parent - 1];
    }
    return true;
  }

  /**
   * The digest of a registered type version, or null.
   * @param {Int} typeNo
   * @param {number} version
   */
  typeDigest(typeNo, version) {
    return this.types.get(typeNo)?.[version - 1]?.digest ?? null;
  }

  /**
   * @param {Int} alg
   * @param {Int} at
   */
  algorithm(alg, at) {
    return phaseAt(this.algorithms.get(alg), at);
  }

  /**
   * The algorithms that are over at a time.
   * @param {Int} at
   * @returns {Set<number>}
   */
  stoppedAlgorithms(at) {
    const over = [...this.algorithms.keys()].filter((alg) => this.algorithm(alg, at) === "STOP");
    return new Set(over.map(Number));
  }

  /**
   * Whether what a key signed counts, anchored or (null) not anchored.
   * @param {KeyRecord} key
   * @param {Anchor | null} anchor
   * @returns {"SAFE" | "CONFIRMED" | "COMPROMISED"}
   */
  keySafety({ compromise }, anchor) {
    if (compromise === null) return "SAFE";
    if (anchor === null) return "COMPROMISED";
    if (anchor.at < compromise.since) return "SAFE";
    return anchor.confirmed ? "CONFIRMED" : "COMPROMISED";
  }

  /**
   * Whether a root of this key that is not here was not anchored, as of this state.
   * @param {string} kid
   */
  areRootsComplete(kid) {
    if (this.hasEveryAnchor) return true;
    if (this.complete === null) this.complete = completeKids(this);
    return this.complete.has(kid);
  }

  /**
   * The recognition of this number, or null.
   * @param {Int} number
   */
  recognition(number) {
    return this.recognitions[Number(number) - 1] ?? null;
  }
}

/**
 * @param {Uint8Array} root
 * @param {string} kid
 */
function anchorName(root, kid) {
  return hex(root) + kid;
}

/** @param {{ agency: string, typeNo: Int }} scope */
function scopeName({ agency, typeNo }) {
  return `${agency}/${typeNo}`;
}

/**
 * @param {string} agency
 * @param {Int} listNo
 */
export function slotName(agency, listNo) {
  return `${agency}/${listNo}`;
}

/** @param {Agency} agency */
export function stateOf({ states }) {
  return states[states.length - 1].state;
}

/**
 * The kids of the keys whose signature is not enough by itself (docs/formats/bundle.md, "complete").
 * @param {TrustState} state
 * @returns {Set<string>}
 */
export function completeKids(state) {
  const limited = new Set(
    [...state.agencies.values()]
      .filter((agency) => stateOf(agency) !== ACTIVE)
      .map(({ code }) => code),
  );
  const bounded = new Set();
  state.accreditations.forEach(({ parent, agency, until, endedAt }, at) => {
    if (endedAt === null && until === 0 && !bounded.has(parent)) return;
    bounded.add(at + 1);
    limited.add(agency);
  });
  const stopped = new Set(state.steps.filter(({ phase }) => phase === STOP).map(({ alg }) => alg));
  const complete = [...state.keys.values()].filter(
    (key) =>
      key.endedAt !== null ||
      key.compromise !== null ||
      limited.has(key.agency) ||
      stopped.has(key.alg),
  );
  return new Set(complete.map(({ kid }) => kid));
}
