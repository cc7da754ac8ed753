//! What this process keeps to itself: no other program of the same person may look into its memory, and a crash leaves no
//! picture of it on the disk. The secret key is in there.

/// Closes the process. What the system refuses stays as it was; the till's self-check says so.
#[cfg(unix)]
pub fn close() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// Windows writes no memory of a crashed program to the disk unless it is told to.
#[cfg(not(unix))]
pub fn close() {}

/// Whether the doors are shut, as far as this system has them.
pub fn is_closed() -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};
        let dumpable = dumpable_behavior().is_ok_and(|behaviour| behaviour == DumpableBehavior::NotDumpable);
        dumpable && getrlimit(Resource::Core).current == Some(0)
    }
    #[cfg(not(target_os = "linux"))]
    true
}
