//! Waiting for several things at once.

use std::future::poll_fn;
use std::task::Poll;

use futures_util::future::LocalBoxFuture;

/// Runs all to their ends; results in order. Boxed, so that there is one copy of this whatever it waits for.
pub(crate) async fn all<T>(futures: Vec<LocalBoxFuture<'_, T>>) -> Vec<T> {
    let mut running: Vec<_> = futures.into_iter().map(|future| (future, None)).collect();
    poll_fn(|cx| {
        let mut pending = false;
        for (future, result) in &mut running {
            if result.is_none() {
                match future.as_mut().poll(cx) {
                    Poll::Ready(value) => *result = Some(value),
                    Poll::Pending => pending = true,
                }
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    running.into_iter().filter_map(|(_, result)| result).collect()
}

/// What `future` comes to, unless `limit` ends first; then it can be waited for again. The limit is not begun where there
/// is nothing to wait for.
pub(crate) async fn before<T>(
    future: &mut LocalBoxFuture<'_, T>,
    mut limit: LocalBoxFuture<'_, ()>,
) -> Option<T> {
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => limit.as_mut().poll(cx).map(|()| None),
    })
    .await
}
