/** From a PDF to the QR texts of its pages as drawn, and its attachments; its text is never read. */

import { isAttachmentOfOurs } from "./documents.js";
import { DocumentError, tooMuch, unreadable } from "./errors.js";
import { greyOf } from "./grey.js";
import {
  MOST_ATTACHMENT_BYTES,
  MOST_ATTACHMENTS,
  MOST_IMAGE_PIXELS,
  MOST_PAGE_PIXELS,
  MOST_PAGE_SIDE,
  MOST_PAGES,
  MOST_PATIENT_PAGES,
} from "./limits.js";

/** @typedef {import("./documents.js").Attachment} Attachment */
/** @typedef {{ pages: number, codes: [number, string][], attachments: Attachment[] }} PdfContent */
/** @typedef {import("pdfjs-dist").PDFDocumentProxy} Pdf */
/** @typedef {import("pdfjs-dist").PDFPageProxy} Page */
/** @typedef {import("./grey.js").Grey} Grey */
/**
 * @typedef {object} Tools
 * @property {typeof import("pdfjs-dist").getDocument} getDocument
 * @property {import("./symbols.js").Symbols} symbols
 * @property {(wide: number, high: number) => any} sheet a canvas
 * @property {(name: string) => Promise<Uint8Array>} part a file that pdf.js asks for
 * @property {() => number} now milliseconds
 */

const DOTS_PER_INCH = [200, 300];
const POINTS_PER_INCH = 72;

/**
 * @param {Uint8Array} bytes
 * @param {Tools} tools
 * @returns {Promise<PdfContent>}
 * @throws {DocumentError}
 */
export async function readPdf(bytes, tools) {
  try {
    const pdf = await opened(bytes, tools);
    if (pdf.numPages > MOST_PAGES)
      throw tooMuch(`the PDF has ${pdf.numPages} pages, where at most ${MOST_PAGES} are read`);
    const attachments = await attachmentsOf(pdf);
    let codes = await codesOf(pdf, pdf.numPages, (page) => drawnCodes(page, tools));
    if (codes.length === 0 && attachments.length === 0) {
      // perhaps a poor scan: then patience is worth its time
      const few = Math.min(pdf.numPages, MOST_PATIENT_PAGES);
      codes = await codesOf(pdf, few, (page) => scannedCodes(page, tools));
    }
    return { pages: pdf.numPages, codes, attachments };
  } catch (error) {
    if (error instanceof DocumentError || error instanceof WebAssembly.RuntimeError) throw error;
    throw unreadable("the PDF is damaged, encrypted or not a PDF", error);
  }
}

/**
 * pdf.js with everything shut that a PDF could make it do beside drawing: no scripts, forms of XFA,
 * fonts of the system, password prompts, or fetches of any address.
 * @param {Uint8Array} bytes
 * @param {Tools} tools
 * @returns {Promise<Pdf>}
 */
function opened(bytes, { getDocument, sheet, part }) {
  class Sheets {
    /**
     * @param {number} wide
     * @param {number} high
     */
    create(wide, high) {
      const canvas = sheet(wide, high);
      return { canvas, context: canvas.getContext("2d", { willReadFrequently: true }) };
    }

    /**
     * @param {{ canvas: any }} made
     * @param {number} wide
     * @param {number} high
     */
    reset({ canvas }, wide, high) {
      Object.assign(canvas, { width: wide, height: high });
    }

    /** @param {{ canvas: any }} made */
    destroy({ canvas }) {
      Object.assign(canvas, { width: 0, height: 0 });
    }

    /** @param {any} canvas */
    getNoAlphaContext(canvas) {
      return canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    }
  }
  class Parts {
    /** @param {{ filename: string }} asked */
    fetch({ filename }) {
      return part(filename);
    }
  }
  const options = {
    data: bytes,
    verbosity: 0,
    stopAtErrors: false,
    disableAutoFetch: true,
    disableRange: true,
    disableStream: true,
    disableFontFace: true,
    useSystemFonts: false,
    useWorkerFetch: false,
    disableWorkerRendering: true,
    enableXfa: false,
    enableHWA: false,
    maxImageSize: MOST_IMAGE_PIXELS,
    wasmUrl: "part:/",
    CanvasFactory: Sheets,
    FilterFactory: NoFilters,
    BinaryDataFactory: Parts,
  };
  return getDocument(/** @type {{}} */ (options)).promise;
}

/** pdf.js makes filters of elements in the page, which a worker does not have. */
class NoFilters {
  addFilter() {
    return "none";
  }
  addHCMFilter() {
    return "none";
  }
  addAlphaFilter() {
    return "none";
  }
  addLuminosityFilter() {
    return "none";
  }
  addKnockoutFilter() {
    return "none";
  }
  addHighlightHCMFilter() {
    return "none";
  }
  destroy() {}
}

/**
 * @param {Pdf} pdf
 * @returns {Promise<Attachment[]>}
 */
async function attachmentsOf(pdf) {
  /** @type {Map<string, { rawFilename: string }>} */
  const told = (await pdf.getAttachments()) ?? new Map();
  if (told.size > MOST_ATTACHMENTS)
    throw tooMuch(`the PDF carries more than ${MOST_ATTACHMENTS} attachments`);
  const kept = [];
  for (const [key, { rawFilename: name }] of told) {
    if (!isAttachmentOfOurs(name)) continue;
    const bytes = await pdf.getAttachmentContent(key);
    if (bytes === null || bytes.length === 0) throw unreadable("an attachment is damaged");
    if (bytes.length > MOST_ATTACHMENT_BYTES)
      throw tooMuch(`an attachment has over ${MOST_ATTACHMENT_BYTES} bytes`);
    kept.push({ name, bytes: Uint8Array.from(bytes) });
  }
  return kept;
}

/**
 * @param {Pdf} pdf
 * @param {number} pages
 * @param {(page: Page) => Promise<string[]>} look
 */
async function codesOf(pdf, pages, look) {
  /** @type {[number, string][]} */
  const codes = [];
  for (let number = 1; number <= pages; number++) {
    const page = await pdf.getPage(number);
    for (const text of await look(page)) codes.push([number, text]);
    page.cleanup();
  }
  return codes;
}

/**
 * The QR texts of a page as issuers and printers draw it.
 * @param {Page} page
 * @param {Tools} tools
 */
async function drawnCodes(page, tools) {
  for (const dots of DOTS_PER_INCH) {
    const grey = await drawn(page, dots, tools);
    const upright = tools.symbols.quickly(grey);
    const texts = upright.length > 0 ? upright : tools.symbols.turned(grey);
    if (texts.length > 0) return texts;
  }
  return [];
}

/**
 * The QR texts of a page that holds a photo or a poor scan.
 * @param {Page} page
 * @param {Tools} tools
 */
async function scannedCodes(page, tools) {
  return tools.symbols.patiently(await drawn(page, DOTS_PER_INCH[0], tools), tools.now);
}

/**
 * The page in grey as a viewer draws it, annotations too, in a bounded size.
 * @param {Page} page
 * @param {number} dots per inch
 * @param {Tools} tools
 * @returns {Promise<Grey>}
 */
async function drawn(page, dots, { sheet }) {
  const { width, height } = page.getViewport({ scale: 1 });
  const scale = Math.min(
    dots / POINTS_PER_INCH,
    Math.sqrt(MOST_PAGE_PIXELS / (width * height)),
    MOST_PAGE_SIDE / Math.max(width, height),
  );
  const viewport = page.getViewport({ scale });
  const [wide, high] = [
    Math.max(1, Math.ceil(viewport.width)),
    Math.max(1, Math.ceil(viewport.height)),
  ];
  const canvas = sheet(wide, high);
  const canvasContext = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  await page.render({ canvas: null, canvasContext, viewport, background: "#fff" }).promise;
  return greyOf(wide, high, canvasContext.getImageData(0, 0, wide, high).data);
}
