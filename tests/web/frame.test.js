import assert from "node:assert/strict";
import { test } from "node:test";
import { greyOfFrame } from "../../verifier/web/app/scan/frame.js";
import { lookAt } from "../../verifier/web/app/scan/looks.js";

/** The light at a place of the sensor, which no other place nearby has. */
const light = (x, y) => (7 * x + 31 * y) % 251;

/** A frame of a camera that gives light and colours apart, with rows longer than they need be. */
function frame({ x = 0, y = 0, width = 1920, height = 1080, pad = 64 } = {}) {
  const made = {
    format: "I420",
    visibleRect: { x, y, width, height },
    isClosed: false,
    close: () => {
      made.isClosed = true;
    },
    allocationSize: ({ rect }) => (rect.width + pad) * rect.height * 1.5 + 16,
    copyTo: async (room, { rect }) => {
      const sides = Object.values(rect);
      if (sides.some((side) => side % 2 !== 0)) throw new TypeError("not aligned to the colours");
      const stride = rect.width + pad;
      for (let row = 0; row < rect.height; row++)
        for (let column = 0; column < rect.width; column++)
          room[16 + row * stride + column] = light(rect.x + column, rect.y + row);
      return [{ offset: 16, stride }, {}, {}];
    },
  };
  return made;
}

test("the light of the middle square is taken as it is, and the frame given back", async () => {
  const image = frame();
  const { grey, radius } = await greyOfFrame(image, 0);
  assert.deepEqual([grey.width, grey.height, radius, image.isClosed], [1080, 1080, 0, true]);
  assert.equal(grey.pixels[0], light(420, 0));
  assert.equal(grey.pixels[1080 * 700 + 33], light(453, 700));
});

test("the whole picture is made smaller, and the sharpened look says so", async () => {
  const { grey } = await greyOfFrame(frame(), 1);
  assert.deepEqual([grey.width, grey.height], [1600, 900]);
  assert.equal((await greyOfFrame(frame(), 2)).radius, lookAt(1920, 1080, 2).radius);
});

test("what a sensor hides at its edges is not looked at", async () => {
  const { grey } = await greyOfFrame(frame({ x: 8, y: 4, width: 640, height: 480 }), 0);
  assert.equal(grey.pixels[0], light(8 + 80, 4));
});

test("sides that no colour fits are cut by one pixel", async () => {
  const { grey } = await greyOfFrame(frame({ x: 1, y: 1, width: 641, height: 481 }), 0);
  assert.deepEqual([grey.width, grey.height], [480, 480]);
});

test("a smaller frame after a larger one leaves nothing of it behind", async () => {
  await greyOfFrame(frame(), 0);
  const { grey } = await greyOfFrame(frame({ width: 320, height: 240, pad: 0 }), 0);
  assert.equal(grey.pixels.at(-1), light(40 + 239, 239));
});

test("a frame that cannot be copied is drawn, and given back too", async () => {
  const image = { ...frame(), displayWidth: 1920, displayHeight: 1080, closings: 0 };
  image.copyTo = () => Promise.reject(new TypeError("not from this device"));
  image.close = () => image.closings++;
  globalThis.OffscreenCanvas = class {
    getContext() {
      const getImageData = (_x, _y, width, height) => ({
        data: new Uint8ClampedArray(4 * width * height).fill(200),
      });
      return { fillRect: () => {}, drawImage: () => {}, getImageData };
    }
  };
  const { grey } = await greyOfFrame(image, 0);
  assert.deepEqual([grey.width, grey.height, grey.pixels[0]], [1080, 1080, 212]);
  assert.ok(image.closings > 0);
});
