import Formats

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A folder that is not there yet, named after the model and the date.
func defaultRunFolder(of model: String) throws(FormatError) -> String {
  var now = time(nil)
  var parts = tm()
  gmtime_r(&now, &parts)
  func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
  let date = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
  let base =
    "runs/\(model)/\(date)-\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))"
  var path = base
  var number = 2
  while try fileExists(path) {
    path = "\(base)-\(number)"
    number += 1
  }
  return path
}
