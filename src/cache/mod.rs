//! Pure cache policy: types in, verdict out.
