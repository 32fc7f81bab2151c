//! Writing what a request revalidated.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::engine::Engine;
use super::error::throw;
use super::promise::promise;
use super::visit::Visit;

#[wasm_bindgen]
impl Engine {
    /// Writes one recorded revalidation now; rejects with `REVALIDATE_FAILED`.
    pub fn commit(&self, visit: &Visit, id: usize) -> JsValue {
        let visit = visit.clone();
        promise(async move {
            let flow = visit.need_flow()?;
            visit.inner.commit(&flow.index, id).await.map_err(|error| throw(&error))?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Writes all that were recorded and not awaited, stamped now; rejects with `REVALIDATE_FAILED`.
    pub fn settle(&self, visit: &Visit) -> JsValue {
        let visit = visit.clone();
        promise(async move {
            if visit.inner.has_unwritten() {
                let flow = visit.need_flow()?;
                visit.inner.settle(&flow.index).await.map_err(|error| throw(&error))?;
            }
            Ok(JsValue::UNDEFINED)
        })
    }
}
