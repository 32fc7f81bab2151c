// What the Rust side needs of the platform and cannot say as briefly itself. Bodies stay on this side.

/** @typedef {import('@cloudflare/workers-types').KVNamespace} KVNamespace */

/** @typedef {{ value: ReadableStream | null, metadata: any }} Found */
/** What was read of a key, and how to ask for it again.
 * @typedef {{ kv: object, key: string, metadata: any, ask: () => Promise<Found> }} Read */

/** @param {KVNamespace} kv @param {string} key @param {number} cacheTtl @param {Watch | undefined} watch
 * @returns {Promise<[ReadableStream, string | null] | null>} with its metadata as JSON */
export async function entry(kv, key, cacheTtl, watch) {
  /** @returns {Promise<Found>} */
  const ask = () => kv.getWithMetadata(key, { type: 'stream', cacheTtl })
  const { value, metadata } = await (watch?.begun(key) ?? ask())
  if (!(value instanceof ReadableStream)) return null
  const read = { kv, key, metadata, ask }
  reads.set(value, read)
  if (watch) watch.read = read
  return [value, metadata == null ? null : JSON.stringify(metadata)]
}

/** Of which read a stream is. @type {WeakMap<ReadableStream, Read>} */
const reads = new WeakMap()

/** @param {KVNamespace} kv @param {string} key @param {number} cacheTtl */
export async function text(kv, key, cacheTtl) {
  return kv.get(key, { type: 'text', cacheTtl })
}

/** @param {KVNamespace} kv @param {string[]} keys @param {number} cacheTtl */
export async function texts(kv, keys, cacheTtl) {
  const found = await kv.get(keys, { type: 'text', cacheTtl })
  // What is absent is there as null; what is left out was not read.
  if (!keys.every((key) => found.has(key))) throw new Error('some keys were left out of the answer')
  return keys.map((key) => found.get(key))
}

/** @param {KVNamespace} kv @param {string} key @param {string | Uint8Array} value @param {number} [expirationTtl]
 * @param {string} [metadata] as JSON */
export async function put(kv, key, value, expirationTtl, metadata) {
  return kv.put(key, value, { expirationTtl, metadata: metadata && JSON.parse(metadata) })
}

/** @param {KVNamespace} kv @param {string} prefix @param {string | undefined} cursor @param {number} limit
 * @returns {Promise<(string | null)[]>} where to go on, then each name with its metadata as JSON */
export async function list(kv, prefix, cursor, limit) {
  const page = await kv.list({ prefix, cursor, limit })
  const keys = page.keys.flatMap(({ name, metadata }) => [name, metadata == null ? null : JSON.stringify(metadata)])
  return [page.list_complete ? null : page.cursor, ...keys]
}

/** A response as the flow looks at it: its status, 502 for one that nobody can pass on, and `name: value` lines.
 * @param {Response} response
 * @returns {[number, string]} */
export function head(response) {
  let lines = ''
  for (const [name, value] of response.headers) lines += `${name}: ${value}\n`
  return [response.status < 600 ? response.status : 502, lines]
}

/** Gives the visitor one branch of a body and collects the other one.
 * @param {Response} response
 * @param {number} most bytes
 * @returns {[ReadableStream | null, Promise<Uint8Array | null>]} null where the body failed or was too large */
export function collect(response, most) {
  if (!response.body) return [null, Promise.resolve(new Uint8Array(0))]
  const [visitor, store] = response.body.tee()
  return [visitor, drain(store, most)]
}

/** The bytes of a body that no visitor waits for.
 * @param {Response} response
 * @param {number} most bytes
 * @returns {Promise<Uint8Array | null>} */
export function bytes(response, most) {
  return response.body ? drain(response.body, most) : Promise.resolve(new Uint8Array(0))
}

/** @param {ReadableStream} stream @param {number} most */
async function drain(stream, most) {
  const reader = stream.getReader()
  /** @type {Uint8Array[]} */
  const chunks = []
  let total = 0
  const me = { bytes: 0, seen: Date.now() }
  collecting.push(me)
  /** @param {string} why */
  const giveUp = (why) => {
    console.warn(`freshtag: a body ${why} is not stored`)
    reader.cancel().catch(() => {})
    return null
  }
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      total += value.byteLength
      if (total > most) return giveUp(`of more than ${most} bytes (maxEntryBytes)`)
      if (!hasRoom(me, total)) return giveUp('for which there is no memory beside others')
      chunks.push(value)
    }
    return chunks.length === 1 ? chunks[0] : concat(chunks, total)
  } catch {
    return null
  } finally {
    collecting = collecting.filter((one) => one !== me)
  }
}

/** What bodies that are being collected may take together, in bytes: an isolate has 128 MiB for all it does. */
const ROOM = 32 * 1024 * 1024
/** For how long one that brings nothing has its room, in ms: a request that the platform cuts never says so. */
const GONE_MS = 30_000

/** Those that are being collected, in the order in which they began. @typedef {{ bytes: number, seen: number }} Collecting */
/** @type {Collecting[]} */
let collecting = []

/** Whether there is memory for what has come of a body. Whoever began first has room in the end.
 * @param {Collecting} me @param {number} bytes */
function hasRoom(me, bytes) {
  me.bytes = bytes
  me.seen = Date.now()
  collecting = collecting.filter(({ seen }) => me.seen - seen < GONE_MS)
  return collecting[0] === me || collecting.reduce((sum, one) => sum + one.bytes, 0) <= ROOM
}

/** @param {Uint8Array[]} parts @param {number} total */
function concat(parts, total) {
  const all = new Uint8Array(total)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.byteLength
  }
  return all
}

/** A header in front of a body, as one buffer.
 * @param {Uint8Array} header @param {Uint8Array} body */
export function frame(header, body) {
  return concat([header, body], header.byteLength + body.byteLength)
}

/** Reads the frame of a stored value and leaves the rest as a native stream.
 * @param {ReadableStream} stream
 * @param {number} limit bytes of a header
 * @returns {Promise<[string, ReadableStream] | null>} null where there is no frame */
export async function unframe(stream, limit) {
  const length = await exactly(stream, 4)
  if (!length) return null
  const bytes = new DataView(length.buffer, length.byteOffset, 4).getUint32(0)
  if (bytes === 0 || bytes > limit) return discard(stream)
  const header = await exactly(stream, bytes)
  if (!header) return null
  // A stream that was read in part counts as disturbed and is refused as a body: pipe the rest through.
  const rest = typeof IdentityTransformStream === 'function' ? new IdentityTransformStream() : new TransformStream()
  stream.pipeTo(rest.writable).catch(() => {})
  piped.add(rest.readable)
  try {
    return [new TextDecoder('utf-8', { fatal: true }).decode(header), rest.readable]
  } catch {
    return discard(rest.readable)
  }
}

/** What came out of a native transform: workerd pipes no such stream into another one. @type {WeakSet<ReadableStream>} */
const piped = new WeakSet()

/** @param {ReadableStream} stream @param {number} count @returns {Promise<Uint8Array | null>} */
async function exactly(stream, count) {
  const reader = byteReader(stream)
  if (!reader) return null
  try {
    let buffer = new Uint8Array(count)
    for (let have = 0; have < count; ) {
      // Left to itself, a byte reader may stop short; each read hands the buffer over and back.
      const { done, value } = await reader.read(buffer.subarray(have))
      if (done || !value) return null
      buffer = new Uint8Array(value.buffer, 0, count)
      have = value.byteOffset + value.byteLength
    }
    return buffer
  } catch {
    return null
  } finally {
    reader.releaseLock()
  }
}

/** @param {ReadableStream} stream */
function byteReader(stream) {
  try {
    return stream.getReader({ mode: 'byob' })
  } catch {
    return null
  }
}

/** A body that can be read often.
 * @param {ReadableStream | Blob | Uint8Array} body
 * @returns {Promise<Blob>} */
export async function hold(body) {
  if (body instanceof Blob) return body
  return body instanceof Uint8Array ? new Blob([body]) : new Response(body).blob()
}

/** A response as the flow collects it, of a stored body.
 * @param {BodyInit} body */
export function answer(body) {
  return new Response(body)
}

/** A stored body, which fails where it has another length than its entry says: what was cut must not pass for whole.
 * @param {ReadableStream | Blob | Uint8Array} body @param {number} length */
export function whole(body, length) {
  if (!(body instanceof ReadableStream)) {
    const size = body instanceof Blob ? body.size : body.byteLength
    return size === length ? body : new ReadableStream({ start: (controller) => controller.error(new Error(cut)) })
  }
  const read = reads.get(body)
  const known = read ? glue.lengthOf(read) : 'new'
  if (known === 'whole') return body
  // What workerd counts by itself costs least, but nobody hears how that ended.
  const isNative = known === 'new' && typeof FixedLengthStream === 'function' && !piped.has(body)
  const exact = isNative ? new FixedLengthStream(length) : counted(length, () => read && glue.wasWhole(read))
  body.pipeTo(exact.writable).catch(() => {})
  return exact.readable
}

const cut = 'freshtag: a stored body is not as long as its entry says'

/** What workerd has as FixedLengthStream. @param {number} left bytes @param {() => void} done
 * @returns {TransformStream<Uint8Array, Uint8Array>} */
function counted(left, done) {
  return new TransformStream({
    transform(chunk, controller) {
      left -= chunk.byteLength
      if (left < 0) throw new Error(cut)
      controller.enqueue(chunk)
    },
    flush() {
      if (left > 0) throw new Error(cut)
      done()
    },
  })
}

/** A part of a body, as it comes.
 * @param {ReadableStream | Blob} body @param {number} start @param {number} end the byte behind the last one */
export function slice(body, start, end) {
  if (body instanceof Blob) return body.slice(start, end)
  let at = 0
  /** @type {Transformer<Uint8Array, Uint8Array>} */
  const cut = {
    transform(chunk, controller) {
      const part = chunk.subarray(Math.max(start - at, 0), Math.max(end - at, 0))
      at += chunk.byteLength
      if (part.byteLength > 0) controller.enqueue(part)
      if (at >= end) controller.terminate()
    },
  }
  return body.pipeThrough(new TransformStream(cut))
}

/** Where a reference leads on the host that it was found on.
 * @param {string} reference @param {string} address
 * @returns {string[]} path and query; nothing where it leads elsewhere */
export function local(reference, address) {
  const [to, from] = [new URL(reference, address), new URL(address)]
  return to.host === from.host ? [to.pathname, to.search] : []
}

/** Gives up a body that nobody reads.
 * @param {unknown} body
 * @returns {null} */
export function discard(body) {
  const stream = body instanceof Response ? body.body : body
  if (stream instanceof ReadableStream && !stream.locked) stream.cancel().catch(() => {})
  return null
}

/** Entity tag of some bytes.
 * @param {Uint8Array} bytes */
export async function etag(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes), 0, 16)
  let text = ''
  for (const byte of digest) text += byte.toString(16).padStart(2, '0')
  return `"${text}"`
}

/** Who brings what the module waits for, hears of a trap, says which instance there is, and remembers which values were whole.
 * @typedef {object} Glue
 * @property {(id: number, ok: boolean, value: unknown) => void} heard
 * @property {(watch?: Watch) => void} trapped By the request with this timer, where that is known.
 * @property {() => number} instance
 * @property {(read: Read) => 'new' | 'seen' | 'whole'} lengthOf
 * @property {(read: Read) => void} wasWhole */
/** The timer of a request.
 * @typedef {object} Watch
 * @property {(key: unknown, ms: number, end: () => void) => void} add
 * @property {(key: unknown) => void} remove
 * @property {(key: string) => Promise<Found> | undefined} begun A read that was begun before the module was asked.
 * @property {Read} [read] The last entry that was read. */

/** @type {Glue} */
let glue = { heard() {}, trapped() {}, instance: () => 0, lengthOf: () => 'new', wasWhole() {} }

/** @param {Glue} own */
export function connect(own) {
  glue = own
}

/** Tells the module what it waited for. A trap while it hears of it is one that nobody else sees.
 * @param {number} of @param {number} id @param {boolean} ok @param {unknown} value
 * @param {Watch | undefined} watch of the request that goes on with it */
function tell(of, id, ok, value, watch) {
  // The numbers of another instance mean something else.
  if (of !== glue.instance()) return
  try {
    glue.heard(id, ok, value)
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) glue.trapped(watch)
    else throw error
  }
}

/** A namespace whose single reads the module waits for by itself, as `worker` does.
 * @param {KVNamespace} kv */
export function audible(kv) {
  return { get: (/** @type {string} */ key, /** @type {{}} */ options) => noticed(kv.get(key, options)) }
}

/** A promise that tells of a trap in those who hear of its end.
 * @template T
 * @param {Promise<T>} promise
 * @returns {{ then(done: (value: T) => void, failed: (error: unknown) => void): unknown }} */
function noticed(promise) {
  const of = glue.instance()
  /** @template V @param {(value: V) => void} callback @returns {(value: V) => void} */
  const safe = (callback) => (value) => {
    // The closures of another instance are places in the memory of this one.
    if (of !== glue.instance()) return
    try {
      callback(value)
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) glue.trapped()
      else throw error
    }
  }
  return { then: (done, failed) => promise.then(safe(done), safe(failed)) }
}

/** @param {number} id @param {PromiseLike<unknown>} promise @param {Watch | undefined} watch @param {number} ms */
export function listen(id, promise, watch, ms) {
  const of = glue.instance()
  if (ms === 0) {
    promise.then(
      (value) => tell(of, id, true, value, watch),
      (error) => tell(of, id, false, error, watch),
    )
    return
  }
  const by = watch ?? timer()
  let over = false
  /** @param {boolean} ok @param {unknown} value */
  const end = (ok, value) => {
    if (over) return
    over = true
    by.remove(id)
    tell(of, id, ok, value, watch)
  }
  by.add(id, ms, () => end(false, new Error(`no answer within ${ms} ms`)))
  Promise.resolve(promise).then(
    (value) => end(true, value),
    (error) => end(false, error),
  )
}

/** @param {number} id @param {Watch | undefined} watch @param {number} ms */
export function alarm(id, watch, ms) {
  const of = glue.instance()
  const by = watch ?? timer()
  by.add(id, ms, () => tell(of, id, false, undefined, watch))
}

/** @param {number} id @param {Watch | undefined} watch */
export function hush(id, watch) {
  watch?.remove(id)
}

/** For a call that is of no request.
 * @returns {Watch} */
function timer() {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let one
  return { add: (_key, ms, end) => void (one = setTimeout(end, ms)), remove: () => clearTimeout(one), begun: () => undefined }
}

/** @type {Map<number, { resolve(value: unknown): void, reject(error: unknown): void }>} */
const tasks = new Map()

/** @param {number} id @returns {Promise<unknown>} */
export function pending(id) {
  return new Promise((resolve, reject) => tasks.set(id, { resolve, reject }))
}

/** @param {number} id @param {boolean} ok @param {unknown} value */
export function finish(id, ok, value) {
  const task = tasks.get(id)
  tasks.delete(id)
  if (ok) task?.resolve(value)
  else task?.reject(value)
}

/** Something that happens once, and whom to tell.
 * @typedef {{ happened: Promise<void>, fire: () => void }} Signal
 * @returns {Signal} */
export function signal() {
  /** @type {() => void} */
  let fire = () => {}
  const happened = new Promise((/** @type {(value: void) => void} */ resolve) => (fire = resolve))
  return { happened, fire }
}

/** @param {Signal} signal */
export function fire(signal) {
  signal.fire()
}

/** @param {Signal} signal */
export function happened(signal) {
  return signal.happened
}
