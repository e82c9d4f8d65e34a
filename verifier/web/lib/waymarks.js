/** Waymarks: a few bytes of every head, so that a reader can name what was changed (docs/formats/bundle.md). */

import { compare } from "./bytes.js";
import { TrustError } from "./errors.js";
import { initialHead, nextHead, openJournalFile } from "./journal-file.js";

const WAYMARK_BYTES = 4;

/**
 * The first entry that is not where the waymarks of a bundle have it; null where all are, or where
 * there are no waymarks.
 * @param {import("./bundle-file.js").Body} body
 * @returns {number | null}
 */
export function firstOffTheWay({ journalFile, waymarks }) {
  if (waymarks === null || journalFile === null) return null;
  const journal = openJournalFile(journalFile);
  let head = initialHead(journal);
  let size = 0;
  try {
    for (const entry of journal.entries) {
      head = nextHead(head, entry);
      const mark = waymarks.subarray(size * WAYMARK_BYTES, (size + 1) * WAYMARK_BYTES);
      if (compare(mark, head.subarray(0, WAYMARK_BYTES)) !== 0) return size;
      size += 1;
    }
  } catch (error) {
    if (error instanceof TrustError) return size;
    throw error;
  }
  return size * WAYMARK_BYTES < waymarks.length ? size : null;
}
