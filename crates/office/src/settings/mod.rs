//! Settings: one's own account, API tokens, and (for administrators) the users.

mod account;
mod people;
mod programs;

use crate::web::Endpoint;

pub fn endpoints() -> Vec<Endpoint> {
    [account::endpoints(), programs::endpoints(), people::endpoints()].into_iter().flatten().collect()
}

/// An error of a form is shown beside it; anything else goes the usual way.
fn shown_beside<T>(result: Result<T, crate::web::AppError>) -> Result<Result<T, String>, crate::web::AppError> {
    use crate::web::AppError;
    match result {
        Ok(done) => Ok(Ok(done)),
        Err(AppError::Refused(words) | AppError::Conflict(words)) => Ok(Err(words)),
        Err(other) => Err(other),
    }
}
