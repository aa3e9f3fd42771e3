import SwiftDiscrete

// A law of one's own writes files: which choices make an event, and how probable each is given
// those before, is all that a coder needs. OwnCode [YEARS]
let years = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 100
var noise = Philox(seed: 1)
let weather = Weather(choiceCount: 365)
let days = weather.sample(years, using: &noise)

let codec = ChoiceCodec(weather, samples: years)
var message = ANS()
try codec.push(days, onto: &message)
let ideal = -Double(weather.logProbability(days).sum().item) / 0.6931471805599453
print(
  "\(years * 365) days, \(message.bitCount) bits; their probability says \(Int(ideal.rounded()))")
print(try codec.pop(from: &message).values == days.values ? "read without loss" : "LOST")
