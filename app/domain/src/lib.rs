//! What the service knows: pure types and rules, no I/O, native and wasm.
