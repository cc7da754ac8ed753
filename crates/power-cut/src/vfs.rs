//! The disk as SQLite sees it: its C functions, and nothing else that is `unsafe`.
//!
//! Only what a connection needs that alone uses its file: no shared memory, no locks between connections. A connection
//! in WAL mode must therefore say `locking_mode=EXCLUSIVE` before it touches the file.

#![allow(unsafe_code)] // SQLite's interface to files is C.

use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use libsqlite3_sys as ffi;

use crate::disk::{c_name, locked};
use crate::platter::{No, Platter};

pub(crate) const NAME: &str = "power-cut";

type Shared = Arc<Mutex<Platter>>;

/// The disks there are, by the number that begins their paths.
#[derive(Default)]
struct Disks {
    next: u64,
    known: HashMap<u64, Shared>,
}

static DISKS: LazyLock<Mutex<Disks>> = LazyLock::new(Mutex::default);

/// Makes a disk known to SQLite.
pub(crate) fn know(platter: &Shared) -> u64 {
    static REGISTERED: OnceLock<c_int> = OnceLock::new();
    assert_eq!(*REGISTERED.get_or_init(register), ffi::SQLITE_OK, "SQLite takes the VFS");
    let mut disks = DISKS.lock().unwrap_or_else(PoisonError::into_inner);
    disks.next += 1;
    let number = disks.next;
    disks.known.insert(number, Arc::clone(platter));
    number
}

pub(crate) fn forget(number: u64) {
    DISKS.lock().unwrap_or_else(PoisonError::into_inner).known.remove(&number);
}

/// An open file. SQLite gives the room for it and knows its first field only.
#[repr(C)]
struct Handle {
    base: ffi::sqlite3_file,
    /// From `Box::into_raw`, until `x_close`.
    open: *mut Open,
}

struct Open {
    platter: Shared,
    file: usize,
    life: u32,
    /// A log that may be new: its first sync syncs the folder too, as it does in SQLite's own VFS.
    new_name: bool,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 1,
    xClose: Some(x_close),
    xRead: Some(x_read),
    xWrite: Some(x_write),
    xTruncate: Some(x_truncate),
    xSync: Some(x_sync),
    xFileSize: Some(x_file_size),
    xLock: Some(x_lock),
    xUnlock: Some(x_lock),
    xCheckReservedLock: Some(x_check_reserved_lock),
    xFileControl: Some(x_file_control),
    xSectorSize: Some(x_sector_size),
    xDeviceCharacteristics: Some(x_device_characteristics),
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};

/// SQLite keeps what it is given for as long as the process runs, so it is leaked.
fn register() -> c_int {
    // SAFETY: `find` may be called at any time; with null it gives SQLite's own VFS, which lives as long as the process.
    let own = unsafe { ffi::sqlite3_vfs_find(ptr::null()).as_ref() };
    let Some(own) = own else {
        return ffi::SQLITE_ERROR;
    };
    let vfs = ffi::sqlite3_vfs {
        szOsFile: c_int::try_from(size_of::<Handle>()).unwrap_or(0),
        pNext: ptr::null_mut(),
        zName: c_name(NAME).into_raw(),
        pAppData: ptr::null_mut(),
        xOpen: Some(x_open),
        xDelete: Some(x_delete),
        xAccess: Some(x_access),
        xFullPathname: Some(x_full_pathname),
        ..*own
    };
    // SAFETY: the VFS and its name are leaked, so both outlive every use.
    unsafe { ffi::sqlite3_vfs_register(Box::into_raw(Box::new(vfs)), 0) }
}

/// `/number/name` as the disk and the name.
///
/// # Safety
/// `path` is null or a C text.
unsafe fn place(path: *const c_char) -> Option<(Shared, String)> {
    if path.is_null() {
        return None;
    }
    // SAFETY: not null, and by contract a C text.
    let path = unsafe { CStr::from_ptr(path) }.to_str().ok()?;
    let (number, name) = path.strip_prefix('/')?.split_once('/')?;
    let disks = DISKS.lock().unwrap_or_else(PoisonError::into_inner);
    Some((Arc::clone(disks.known.get(&number.parse().ok()?)?), name.to_owned()))
}

fn code(no: No) -> c_int {
    match no {
        No::Gone => ffi::SQLITE_IOERR,
        No::NotSynced => ffi::SQLITE_IOERR_FSYNC,
        No::Full => ffi::SQLITE_FULL,
        No::Missing => ffi::SQLITE_IOERR_DELETE_NOENT,
    }
}

fn answer(done: Result<(), No>) -> c_int {
    done.map_or_else(code, |()| ffi::SQLITE_OK)
}

fn size(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or(0)
}

unsafe extern "C" fn x_open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let handle = file.cast::<Handle>();
    // SAFETY: SQLite gives room for a `Handle`; without methods it will not close what was not opened.
    unsafe { (*handle).base.pMethods = ptr::null() };
    // SAFETY: SQLite gives a C text or null.
    let Some((platter, name)) = (unsafe { place(name) }) else {
        return ffi::SQLITE_CANTOPEN;
    };
    let may_create = flags & ffi::SQLITE_OPEN_CREATE != 0;
    let new_name = may_create && flags & (ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_WAL) != 0;
    let opened = {
        let mut inside = locked(&platter);
        let life = inside.life;
        match inside.find(&name) {
            Some(file) => inside.alive(life).map(|()| file),
            None if may_create => inside.create(life, &name),
            None => return ffi::SQLITE_CANTOPEN,
        }
        .map(|file| (file, life))
    };
    let (file, life) = match opened {
        Ok(opened) => opened,
        Err(no) => return code(no),
    };
    let open = Box::into_raw(Box::new(Open { platter, file, life, new_name }));
    // SAFETY: as above; `out_flags` is null or a place for a number.
    unsafe {
        (*handle).open = open;
        (*handle).base.pMethods = &raw const METHODS;
        if let Some(out) = out_flags.as_mut() {
            *out = flags;
        }
    }
    ffi::SQLITE_OK
}

/// # Safety
/// `file` was opened by `x_open` and not closed since.
unsafe fn open<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Open {
    // SAFETY: `open` is from `Box::into_raw`, and SQLite uses a file from one thread at a time.
    unsafe { &mut *(*file.cast::<Handle>()).open }
}

unsafe extern "C" fn x_close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes an open file once.
    drop(unsafe { Box::from_raw((*file.cast::<Handle>()).open) });
    ffi::SQLITE_OK
}

unsafe extern "C" fn x_read(file: *mut ffi::sqlite3_file, to: *mut c_void, amount: c_int, at: i64) -> c_int {
    // SAFETY: an open file, and room for `amount` bytes, which are all written below before they are read.
    let (open, to) = unsafe {
        ptr::write_bytes(to.cast::<u8>(), 0, size(amount));
        (open(file), std::slice::from_raw_parts_mut(to.cast::<u8>(), size(amount)))
    };
    let platter = locked(&open.platter);
    if let Err(no) = platter.alive(open.life) {
        return code(no);
    }
    let rest = platter.file(open.file).seen().get(size(at)..).unwrap_or_default();
    let length = rest.len().min(to.len());
    to[..length].copy_from_slice(&rest[..length]);
    if length < to.len() { ffi::SQLITE_IOERR_SHORT_READ } else { ffi::SQLITE_OK }
}

unsafe extern "C" fn x_write(file: *mut ffi::sqlite3_file, from: *const c_void, amount: c_int, at: i64) -> c_int {
    // SAFETY: an open file, and `amount` bytes to read.
    let (open, from) = unsafe { (open(file), std::slice::from_raw_parts(from.cast::<u8>(), size(amount))) };
    answer(locked(&open.platter).write(open.life, open.file, size(at), from))
}

unsafe extern "C" fn x_truncate(file: *mut ffi::sqlite3_file, length: i64) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { open(file) };
    answer(locked(&open.platter).resize(open.life, open.file, size(length)))
}

unsafe extern "C" fn x_sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { open(file) };
    let mut platter = locked(&open.platter);
    let synced = platter
        .sync(open.life, open.file)
        .and_then(|()| if std::mem::take(&mut open.new_name) { platter.sync_names(open.life) } else { Ok(()) });
    answer(synced)
}

unsafe extern "C" fn x_file_size(file: *mut ffi::sqlite3_file, to: *mut i64) -> c_int {
    // SAFETY: an open file, and a place for a number.
    let (open, to) = unsafe { (open(file), &mut *to) };
    let platter = locked(&open.platter);
    *to = i64::try_from(platter.file(open.file).seen().len()).unwrap_or(i64::MAX);
    answer(platter.alive(open.life))
}

unsafe extern "C" fn x_lock(_: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn x_check_reserved_lock(_: *mut ffi::sqlite3_file, to: *mut c_int) -> c_int {
    // SAFETY: a place for a number.
    unsafe { *to = 0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn x_file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn x_sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    4096
}

/// The one promise that SQLite believes of every disk: bytes beside a write are safe from it.
unsafe extern "C" fn x_device_characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn x_delete(_: *mut ffi::sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: SQLite gives a C text.
    let Some((platter, name)) = (unsafe { place(name) }) else {
        return ffi::SQLITE_IOERR_DELETE_NOENT;
    };
    let mut platter = locked(&platter);
    let life = platter.life;
    let deleted = platter.delete(life, &name);
    answer(deleted.and_then(|()| if sync_folder == 0 { Ok(()) } else { platter.sync_names(life) }))
}

unsafe extern "C" fn x_access(_: *mut ffi::sqlite3_vfs, name: *const c_char, _: c_int, to: *mut c_int) -> c_int {
    // SAFETY: SQLite gives a C text.
    let found = unsafe { place(name) }.is_some_and(|(platter, name)| locked(&platter).find(&name).is_some());
    // SAFETY: a place for a number.
    unsafe { *to = c_int::from(found) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn x_full_pathname(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    to: *mut c_char,
) -> c_int {
    // SAFETY: a C text, and room for so many bytes.
    unsafe {
        let bytes = CStr::from_ptr(name).to_bytes_with_nul();
        if bytes.len() > size(room) {
            return ffi::SQLITE_CANTOPEN;
        }
        ptr::copy_nonoverlapping(bytes.as_ptr().cast(), to, bytes.len());
    }
    ffi::SQLITE_OK
}
