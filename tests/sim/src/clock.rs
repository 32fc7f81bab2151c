//! The executor: tasks on a clock that jumps to the next moment at which somebody waits for something.
//!
//! There are no wakers. A leaf future asks which task polls it and puts that task on a timer or a list; the futures
//! between poll all their parts whenever they are polled.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Work that runs by itself.
pub type Task = Pin<Box<dyn Future<Output = ()>>>;
/// To whom a task belongs: it ends with it.
pub type Owner = u32;
/// Owns what no death ends: the network, the driver.
pub const NOBODY: Owner = 0;

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Id {
    slot: u32,
    life: u32,
}

struct Slot {
    life: u32,
    owner: Owner,
    queued: bool,
    task: Option<Task>,
}

/// The clock with the tasks that run on it.
#[derive(Clone, Default)]
pub struct Clock(Rc<Inner>);

#[derive(Default)]
struct Inner {
    now: Cell<i64>,
    order: Cell<u64>,
    polls: Cell<u64>,
    current: Cell<Option<Id>>,
    timers: RefCell<BinaryHeap<Reverse<(i64, u64, Id)>>>,
    ready: RefCell<VecDeque<Id>>,
    slots: RefCell<Vec<Slot>>,
    free: RefCell<Vec<u32>>,
    /// Futures that are neither polled nor dropped any more, as a platform leaves them.
    forgotten: RefCell<Vec<Task>>,
}

/// How a task ends before its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    /// Its destructors run.
    Drop,
    /// Nobody hears of it again.
    Forget,
}

impl Clock {
    /// True time in ms since the start of the run.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.0.now.get()
    }

    /// A number that grows with each call: orders what happens within a millisecond.
    #[must_use]
    pub fn tick(&self) -> u64 {
        let next = self.0.order.get() + 1;
        self.0.order.set(next);
        next
    }

    /// How often a task was polled: the events of a run.
    #[must_use]
    pub fn polls(&self) -> u64 {
        self.0.polls.get()
    }

    /// Starts a task.
    pub fn spawn(&self, owner: Owner, task: Task) {
        let mut slots = self.0.slots.borrow_mut();
        let at = self.0.free.borrow_mut().pop().unwrap_or_else(|| {
            slots.push(Slot { life: 0, owner, queued: false, task: None });
            (slots.len() - 1) as u32
        });
        let slot = &mut slots[at as usize];
        slot.life += 1;
        (slot.owner, slot.queued, slot.task) = (owner, true, Some(task));
        self.0.ready.borrow_mut().push_back(Id { slot: at, life: slot.life });
    }

    /// Ends all tasks of an owner. Not to be called by one of them.
    pub fn end(&self, owner: Owner, how: End) {
        let mut gone = Vec::new();
        for (at, slot) in self.0.slots.borrow_mut().iter_mut().enumerate() {
            if slot.owner == owner
                && let Some(task) = slot.task.take()
            {
                slot.life += 1;
                self.0.free.borrow_mut().push(at as u32);
                gone.push(task);
            }
        }
        match how {
            End::Drop => drop(gone),
            End::Forget => self.0.forgotten.borrow_mut().extend(gone),
        }
    }

    /// Lets everything happen up to and with a moment, or until `stop` says so.
    pub fn run(&self, until: i64, mut stop: impl FnMut() -> bool) {
        while !stop() {
            let next = self.0.ready.borrow_mut().pop_front();
            if let Some(id) = next {
                self.poll(id);
                continue;
            }
            let mut timers = self.0.timers.borrow_mut();
            match timers.peek() {
                Some(Reverse((at, _, _))) if *at <= until => {
                    let Some(Reverse((at, _, id))) = timers.pop() else { return };
                    self.0.now.set(at.max(self.now()));
                    drop(timers);
                    self.wake(id);
                }
                _ => {
                    self.0.now.set(until.max(self.now()));
                    return;
                }
            }
        }
    }

    /// Drops whatever is left.
    pub fn clear(&self) {
        let left = std::mem::take(&mut *self.0.slots.borrow_mut());
        drop(left);
        let forgotten = std::mem::take(&mut *self.0.forgotten.borrow_mut());
        drop(forgotten);
    }

    fn poll(&self, id: Id) {
        let taken = match self.0.slots.borrow_mut().get_mut(id.slot as usize) {
            Some(slot) if slot.life == id.life => {
                slot.queued = false;
                slot.task.take()
            }
            _ => None,
        };
        let Some(mut task) = taken else { return };
        self.0.polls.set(self.polls() + 1);
        self.0.current.set(Some(id));
        let pending = task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending();
        self.0.current.set(None);
        let done = {
            let mut slots = self.0.slots.borrow_mut();
            let slot = &mut slots[id.slot as usize];
            if pending {
                slot.task = Some(task);
                None
            } else {
                slot.life += 1;
                self.0.free.borrow_mut().push(id.slot);
                Some(task)
            }
        };
        drop(done);
    }

    fn wake(&self, id: Id) {
        if let Some(slot) = self.0.slots.borrow_mut().get_mut(id.slot as usize)
            && slot.life == id.life
            && !slot.queued
        {
            slot.queued = true;
            self.0.ready.borrow_mut().push_back(id);
        }
    }

    /// Waits until a moment.
    pub fn until(&self, at: i64) -> impl Future<Output = ()> + use<> {
        let (clock, mut known) = (self.clone(), None);
        poll_fn(move |_| {
            if clock.now() >= at {
                return Poll::Ready(());
            }
            let current = clock.0.current.get();
            if let Some(id) = current
                && known != current
            {
                known = current;
                clock.0.timers.borrow_mut().push(Reverse((at, clock.tick(), id)));
            }
            Poll::Pending
        })
    }

    /// Waits, in ms. Even no time at all lets others go first.
    pub async fn sleep(&self, ms: i64) {
        if ms <= 0 {
            let mut first = true;
            let clock = self.clone();
            return poll_fn(move |_| {
                if !first {
                    return Poll::Ready(());
                }
                first = false;
                if let Some(id) = clock.0.current.get() {
                    clock.wake(id);
                }
                Poll::Pending
            })
            .await;
        }
        self.until(self.now() + ms).await;
    }
}

/// Something that is said once and heard by all who wait.
pub struct Said<T>(Rc<Hearing<T>>);

struct Hearing<T> {
    value: RefCell<Option<T>>,
    waiting: RefCell<Vec<Id>>,
}

impl<T> Clone for Said<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> Default for Said<T> {
    fn default() -> Self {
        Self(Rc::new(Hearing { value: RefCell::new(None), waiting: RefCell::default() }))
    }
}

impl<T: Clone> Said<T> {
    /// Says it.
    pub fn say(&self, clock: &Clock, value: T) {
        *self.0.value.borrow_mut() = Some(value);
        for id in self.0.waiting.borrow_mut().drain(..) {
            clock.wake(id);
        }
    }

    /// Waits for it, at most `ms`.
    pub async fn hear(&self, clock: &Clock, ms: i64) -> Option<T> {
        let mut late = Box::pin(clock.until(clock.now().saturating_add(ms)));
        poll_fn(|cx| {
            if let Some(value) = &*self.0.value.borrow() {
                return Poll::Ready(Some(value.clone()));
            }
            if let Some(id) = clock.0.current.get() {
                let mut waiting = self.0.waiting.borrow_mut();
                if !waiting.contains(&id) {
                    waiting.push(id);
                }
            }
            late.as_mut().poll(cx).map(|()| None)
        })
        .await
    }
}
