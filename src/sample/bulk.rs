//! Large invented pages, made by the thousand for benches and load tests.
