//! Futures that JavaScript drives: what runs, and what it waits for.
//!
//! A future is polled where it starts, and then by whoever brings what it waited for. So a trap is always seen by a
//! caller, and what needs no store ends without a promise.

use std::cell::RefCell;
use std::future::Future;
use std::mem::take;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use futures_util::future::LocalBoxFuture;
use js_sys::Promise;
use wasm_bindgen::JsValue;

use super::platform;

/// A future as JavaScript waits for it.
pub(crate) type Running = LocalBoxFuture<'static, Result<JsValue, JsValue>>;

thread_local! {
    static TASKS: RefCell<Table<Task>> = const { RefCell::new(Table::new()) };
    static WAITS: RefCell<Table<Wait>> = const { RefCell::new(Table::new()) };
}

/// Starts a future: what it comes to, or a promise of that where it has to wait.
pub(crate) fn start(future: Running) -> JsValue {
    let id = TASKS.with_borrow_mut(Table::put);
    match advance(id, future) {
        Some(Ok(value)) => value,
        Some(Err(error)) => Promise::reject(&error).into(),
        None => platform::pending(id).unwrap_or_default(),
    }
}

/// What a promise comes to, where making it did not throw; an error after `ms`, if that is not 0, on the timer of `watch`.
pub(crate) fn hear(promise: Result<Promise, JsValue>, watch: &JsValue, ms: u32) -> Heard {
    begin(watch, |id| platform::listen(id, &promise?, watch, ms))
}

/// An error after `ms`, on the timer of `watch`.
pub(crate) fn alarm(watch: &JsValue, ms: u32) -> Heard {
    begin(watch, |id| platform::alarm(id, watch, ms))
}

/// What was waited for has come.
pub(crate) fn heard(id: u32, result: Result<JsValue, JsValue>) {
    let waker = WAITS.with_borrow_mut(|waits| {
        let wait = waits.get(id)?;
        wait.result = Some(result);
        wait.waker.take()
    });
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// A wait that is under way.
pub(crate) struct Heard {
    id: u32,
    watch: JsValue,
}

#[derive(Default)]
struct Wait {
    waker: Option<Waker>,
    result: Option<Result<JsValue, JsValue>>,
}

fn begin(watch: &JsValue, call: impl FnOnce(u32) -> Result<(), JsValue>) -> Heard {
    let id = WAITS.with_borrow_mut(Table::put);
    if let Err(error) = call(id) {
        heard(id, Err(error));
    }
    Heard { id, watch: watch.clone() }
}

impl Future for Heard {
    type Output = Result<JsValue, JsValue>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        WAITS.with_borrow_mut(|waits| {
            let Some(wait) = waits.get(self.id) else { return Poll::Pending };
            if let Some(result) = wait.result.take() {
                waits.remove(self.id);
                return Poll::Ready(result);
            }
            wait.waker = Some(cx.waker().clone());
            Poll::Pending
        })
    }
}

impl Drop for Heard {
    fn drop(&mut self) {
        if WAITS.with_borrow_mut(|waits| waits.remove(self.id)).is_some() {
            // A timer that goes off for nobody does no harm.
            let _ = platform::hush(self.id, &self.watch);
        }
    }
}

#[derive(Default)]
struct Task {
    /// Absent while it is polled.
    future: Option<Running>,
    /// Woken while it was polled.
    woken: bool,
}

fn advance(id: u32, mut future: Running) -> Option<Result<JsValue, JsValue>> {
    let waker = Waker::from(Arc::new(Wakes(id)));
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            TASKS.with_borrow_mut(|tasks| tasks.remove(id));
            return Some(result);
        }
        let woken = TASKS.with_borrow_mut(|tasks| tasks.get(id).is_some_and(|task| take(&mut task.woken)));
        if !woken {
            TASKS.with_borrow_mut(|tasks| tasks.get(id).map(|task| task.future = Some(future)));
            return None;
        }
    }
}

/// Goes on with a task.
struct Wakes(u32);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        let future = TASKS.with_borrow_mut(|tasks| {
            let task = tasks.get(self.0)?;
            task.woken = task.future.is_none();
            task.future.take()
        });
        if let Some(result) = future.and_then(|future| advance(self.0, future)) {
            let is_ok = result.is_ok();
            let (Ok(value) | Err(value)) = result;
            // Whoever waited is gone.
            let _ = platform::finish(self.0, is_ok, &value);
        }
    }
}

/// Few rows at a time, by numbers that are not given out again.
struct Table<T> {
    next: u32,
    rows: Vec<(u32, T)>,
}

impl<T: Default> Table<T> {
    const fn new() -> Self {
        Self { next: 0, rows: Vec::new() }
    }

    fn put(&mut self) -> u32 {
        self.next = self.next.wrapping_add(1);
        self.rows.push((self.next, T::default()));
        self.next
    }

    fn get(&mut self, id: u32) -> Option<&mut T> {
        self.rows.iter_mut().rev().find(|(known, _)| *known == id).map(|(_, row)| row)
    }

    fn remove(&mut self, id: u32) -> Option<T> {
        let at = self.rows.iter().rposition(|(known, _)| *known == id)?;
        Some(self.rows.swap_remove(at).1)
    }
}
