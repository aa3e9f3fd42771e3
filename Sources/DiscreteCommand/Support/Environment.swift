import CKernels
import Formats
import Tensors

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What the machine and this build are, for run folders and `doctor`.
func environment() -> JSON {
  var name = utsname()
  uname(&name)
  func text<T>(_ field: T) -> JSON {
    withUnsafeBytes(of: field) { bytes in
      JSON(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
    }
  }
  return [
    "system": text(name.sysname), "release": text(name.release), "machine": text(name.machine),
    "cores": JSON(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))),
    "threads": JSON(Int(dk_thread_count())),
    "scalar": JSON("\(Scalar.self)"),
  ]
}
