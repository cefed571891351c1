// Written by `npm run generate` from openapi.json.
// biome-ignore lint: generated
export type paths = any;
export type components = any;
