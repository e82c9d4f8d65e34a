import assert from "node:assert/strict";
import { test } from "node:test";
import { lookAt, Sightings } from "../../verifier/web/app/scan/looks.js";

test("a full HD camera is looked at as its middle square, whole, and its square sharpened", () => {
  const square = { x: 420, y: 0, width: 1080, height: 1080, wide: 1080, high: 1080, radius: 0 };
  const whole = { x: 0, y: 0, width: 1920, height: 1080, wide: 1600, high: 900, radius: 0 };
  const sharp = { ...square, radius: 2 };
  assert.deepEqual(
    [0, 1, 2, 3].map((turn) => lookAt(1920, 1080, turn)),
    [square, whole, sharp, square],
  );
});

test("a camera held upright is looked at in the same way", () => {
  assert.deepEqual(lookAt(1080, 1920, 0), { ...lookAt(1920, 1080, 0), x: 0, y: 420 });
  assert.deepEqual([lookAt(1080, 1920, 1).wide, lookAt(1080, 1920, 1).high], [900, 1600]);
});

test("a finer camera is looked at in its middle with every pixel too", () => {
  const middle = { x: 1280, y: 440, width: 1280, height: 1280, wide: 1280, high: 1280, radius: 0 };
  assert.deepEqual(lookAt(3840, 2160, 1), middle);
  assert.equal(lookAt(3840, 2160, 0).width, 2160);
  assert.equal(lookAt(3840, 2160, 2).width, 3840);
});

test("every look lies inside the picture, whatever its size", () => {
  for (const [width, height] of [
    [1, 1],
    [1, 4000],
    [640, 480],
    [4032, 3024],
    [7680, 4320],
  ])
    for (let turn = 0; turn < 4; turn++) {
      const look = lookAt(width, height, turn);
      assert.ok(look.x >= 0 && look.y >= 0 && look.wide >= 1 && look.high >= 1);
      assert.ok(look.x + look.width <= width && look.y + look.height <= height);
      assert.ok(look.wide <= 1600 && look.high <= 1600);
    }
});

test("a code is told once while it stays in the picture", () => {
  const sightings = new Sightings();
  const told = [0, 100, 5000, 9000].map((now) => sightings.fresh(["a"], now));
  assert.deepEqual(told, [["a"], [], [], []]);
});

test("a code that was missed in some looks is still there", () => {
  const sightings = new Sightings();
  sightings.fresh(["a"], 0);
  for (let look = 1; look <= 5; look++) sightings.fresh([], 900 * look);
  assert.deepEqual(sightings.fresh(["a"], 6000), []);
});

test("a code that had left the picture is told again", () => {
  const sightings = new Sightings();
  sightings.fresh(["a"], 0);
  for (let look = 1; look <= 30; look++) sightings.fresh([], 100 * look);
  assert.deepEqual(sightings.fresh(["a"], 3100), ["a"]);
});

test("many looks in a short time are not a while", () => {
  const sightings = new Sightings();
  sightings.fresh(["a"], 0);
  for (let look = 1; look <= 60; look++) sightings.fresh([], 30 * look);
  assert.deepEqual(sightings.fresh(["a"], 1900), []);
});

test("another code beside it is told at once", () => {
  const sightings = new Sightings();
  sightings.fresh(["a"], 0);
  assert.deepEqual(sightings.fresh(["a", "b"], 10), ["b"]);
});

test("what is remembered is bounded", () => {
  const sightings = new Sightings();
  for (let at = 0; at < 5000; at++) sightings.fresh([`code ${at}`], at);
  assert.ok(sightings.seen.size <= 256);
});
