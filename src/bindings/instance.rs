//! A new instance of the module in the place of one that has trapped.

use js_sys::Function;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::worker::platform;

/// Makes the following call go to a new instance. Objects of this one then refuse to be used, and its promises never
/// settle.
#[wasm_bindgen]
pub fn restart() {
    wasm_bindgen::handler::schedule_reinit();
}

/// Whom to tell that the module trapped where nobody had called it: between two things it waited for.
#[wasm_bindgen(js_name = onTrap)]
pub fn on_trap(told: &Function) {
    // Where it fails, requests end by their own timers.
    let _ = platform::on_trap(told);
}

/// An instance begins with this. Without one, what makes a new instance calls something that is not there.
#[wasm_bindgen(start)]
pub fn begin() {}
