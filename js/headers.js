// The read-only view of a visitor's headers (WK-6).

const ROUTER_HEADERS = [
  'rsc',
  'next-router-state-tree',
  'next-router-prefetch',
  'next-router-segment-prefetch',
  'next-hmr-refresh',
];

class ReadonlyHeadersError extends Error {
  constructor() {
    super('Headers cannot be modified. Read more: https://nextjs.org/docs/app/api-reference/functions/headers');
  }
}

const refuse = () => {
  throw new ReadonlyHeadersError();
};

/**
 * @param {Headers} source
 * @returns {Headers}
 */
export function readonlyHeaders(source) {
  let visible = source;
  for (const name of ROUTER_HEADERS) {
    if (!visible.has(name)) continue;
    if (visible === source) visible = new Headers(source);
    visible.delete(name);
  }
  return new Proxy(visible, {
    get(target, property) {
      if (property === 'append' || property === 'delete' || property === 'set') return refuse;
      const value = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
