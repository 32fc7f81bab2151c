//! Writing what a request revalidated.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::engine::Engine;
use super::error::throw;
use super::visit::Visit;

#[wasm_bindgen]
impl Engine {
    /// Writes one recorded revalidation now; rejects with `REVALIDATE_FAILED`.
    pub async fn commit(&self, visit: &Visit, id: usize) -> Result<(), JsValue> {
        let flow = visit.need_flow()?;
        visit.inner.commit(&flow.index, id).await.map_err(|error| throw(&error))
    }

    /// Writes all that were recorded and not awaited, stamped now; rejects with `REVALIDATE_FAILED`.
    pub async fn settle(&self, visit: &Visit) -> Result<(), JsValue> {
        if !visit.inner.has_unwritten() {
            return Ok(());
        }
        let flow = visit.need_flow()?;
        visit.inner.settle(&flow.index).await.map_err(|error| throw(&error))
    }
}
