import Optimization

// Eight guests sit round a table, and as many friends as can be sit side by side. The seating plan
// is a matching of guests with seats; any cost in Swift stands in place of `friendsTogether`.
let friends: [(Int32, Int32)] = [
  (0, 3), (0, 5), (1, 4), (1, 6), (2, 3), (2, 7), (3, 6), (4, 7), (5, 6), (2, 5),
]

func friendsTogether(_ seats: [Int32]) -> Double {
  let neighbors = zip(seats, seats.dropFirst() + seats.prefix(1))
  return Double(
    neighbors.count { pair in
      friends.contains { $0 == pair || $0 == (pair.1, pair.0) }
    })
}

var optimizer = try BlackBoxOptimizer(
  SearchSpace(.matching(8)), method: SearchMethod("local"), seed: 1, horizon: 500,
  isMaximized: true)
while optimizer.evaluations < 500, let question = optimizer.ask() {
  optimizer.tell(question.point, friendsTogether(question.point.values))
}
if let best = optimizer.best {
  print("seats \(optimizer.space.text(best.point)): \(Int(best.value)) pairs of friends together")
}
