// The position of a value in a picture: along an axis, or in one of its bands.

/** Maps the values' range onto the picture's. */
export function scaleLinear([from, to]: [number, number], [start, end]: [number, number]) {
  const slope = from === to ? 0 : (end - start) / (to - from);
  return (value: number) => start + (value - from) * slope;
}

/** `count` bands side by side, with space between them (a part of the step) and half of it at both ends. */
export function scaleBand(count: number, width: number, inner: number, outer: number) {
  const step = width / Math.max(1, count - inner + outer * 2);
  return { step, bandwidth: step * (1 - inner), at: (index: number) => step * (outer + index) };
}
