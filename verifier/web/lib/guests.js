/** Opens the guests of a bundle: other registries' bundles, by the recognitions that name them (docs/formats/bundle.md, step 5). */

import { openBundle } from "./bundle.js";
import { bodyLimit, readEnvelope } from "./bundle-file.js";
import { malformed } from "./errors.js";
import { isOneOf, registryName } from "./lineage.js";
import { recognised } from "./recognition.js";

/** @typedef {import("./bundle-file.js").BundleLimits} BundleLimits */
/** @typedef {import("./bundle-file.js").Envelope} Envelope */
/** @typedef {import("./trust-data.js").TrustData} TrustData */
/** @typedef {import("./trust-data.js").Guest} Guest */

/**
 * The guests of a bundle whose own state and evidence are established; one that is refused refuses
 * the whole.
 * @param {import("./bundle-file.js").GuestFile[]} files
 * @param {TrustData} home
 * @param {Envelope} envelope
 * @param {{ limits: BundleLimits, guestFloors: Map<string, import("./bundle.js").Floor> }} given
 * @returns {Promise<Guest[]>}
 * @throws {import("./errors.js").TrustError}
 */
export async function openGuests(files, home, envelope, { limits, guestFloors }) {
  // Home and guests together keep the limit of home's kind, the lite ones that of a lite bundle.
  let left = after({ ...limits, body: bodyLimit(limits, envelope.isLite), guests: 0 }, envelope);
  /** @type {Guest[]} */
  const guests = [];
  for (const { recognition: number, bundle } of files) {
    const recognition = home.state.recognition(number);
    const contents = recognition === null ? null : recognised(recognition);
    if (recognition === null || contents === null)
      throw malformed("a guest by a recognition that is unknown, or recognises nothing");
    const own = readEnvelope(bundle, left);
    const floor = guestFloors.get(registryName(recognition)) ?? null;
    const trust = await openBundle(bundle, { anchor: contents.anchor, floor, limits: left });
    if (trust.evidence.strength < 2) throw malformed("nobody vouches for a guest");
    const { homes } = trust.state;
    const newest = home.state.recognitions.findLast((known) => isOneOf(known, homes));
    if (newest?.number !== number) throw malformed("a guest by an older recognition");
    left = after(left, own);
    guests.push(guestOf(recognition, contents, trust, home));
  }
  const firsts = [home, ...guests.map(({ trust }) => trust)].map(({ state }) => state.homes[0]);
  if (new Set(firsts.map(registryName)).size < firsts.length)
    throw malformed("two guests, or a guest and home, are of one registry");
  return guests;
}

/**
 * What is left once this one was read.
 * @param {BundleLimits} limits
 * @param {Envelope} opened
 * @returns {BundleLimits}
 */
function after(limits, { isLite, bodyBytes }) {
  const liteBody = limits.liteBody - (isLite ? bodyBytes : 0);
  return { ...limits, body: limits.body - bodyBytes, liteBody };
}

/**
 * @param {import("./recognition.js").Recognition} recognition
 * @param {import("./recognition.js").Recognised} contents
 * @param {TrustData} trust
 * @param {TrustData} home
 * @returns {Guest}
 */
function guestOf(recognition, { typeNos, anchor }, trust, home) {
  const [own, other] = [trust.evidence, home.evidence];
  const isOlder = own.asOf < other.asOf;
  const judged = {
    ...trust,
    evidence: {
      strength: own.strength < other.strength ? own.strength : other.strength,
      asOf: isOlder ? own.asOf : other.asOf,
    },
  };
  const latest = isOlder ? other.asOf : own.asOf;
  return { recognition, typeNos, names: anchor.names, trust, judged, latest };
}
