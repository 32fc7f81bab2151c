//! A new instance of the module in the place of one that has trapped.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::worker::{platform, wait};

/// Makes the following call go to a new instance. Objects of this one then refuse to be used, and its promises never
/// settle.
#[wasm_bindgen]
pub fn restart() {
    wasm_bindgen::handler::schedule_reinit();
}

/// Who brings what the module waits for: `{ heard, trapped, instance }`. It is told of a trap that came between two things.
#[wasm_bindgen]
pub fn connect(glue: &JsValue) {
    // Without it, whatever has to wait does so for ever, which every test would tell.
    let _ = platform::connect(glue);
}

/// What wait `id` comes to.
#[wasm_bindgen]
pub fn heard(id: u32, ok: bool, value: JsValue) {
    wait::heard(id, if ok { Ok(value) } else { Err(value) });
}

/// An instance begins with this. Without one, what makes a new instance calls something that is not there.
#[wasm_bindgen(start)]
pub fn begin() {}
