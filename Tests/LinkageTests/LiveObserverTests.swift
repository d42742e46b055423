import Testing

/// The figures of `Docs/ThreatModel.md` for somebody who watches both servers live.
@Suite(.timeLimit(.minutes(5))) struct LiveObserverTests {
    private func figures(_ habit: LiveObserver.Habit) -> LiveObserver.Figures {
        LiveObserver.figures(habit, clients: 2_000, visitsPerDay: 10, seed: 1)
    }

    @Test func whoWatchesLiveLinksWhatIsFetchedOnDemandAndLessOfWhatIsFetchedAhead() {
        var measured: [LiveObserver.Habit: LiveObserver.Figures] = [:]
        for habit in LiveObserver.Habit.allCases {
            let figure = figures(habit)
            measured[habit] = figure
            print("live observer, \(habit.words): \(figure.area), best guess right for \(figure.bestGuess) of 100,")
            print("  who spends nearest to a fetch fetched for \(figure.neighbour) of 100")
        }
        guard let demand = measured[.onDemand], let batches = measured[.batches], let ahead = measured[.ahead],
            let jitter = measured[.aheadWithJitter]
        else { return }
        #expect(demand.area.value > 0.999 && demand.bestGuess > 80)
        #expect(batches.area.value < demand.area.value && batches.bestGuess < 20)
        #expect(ahead.bestGuess < 1 && jitter.bestGuess < 1)
        #expect(demand.neighbour > 70 && batches.neighbour > 70 && ahead.neighbour > 70 && jitter.neighbour < 5)
        // Even then it is more than nothing: a token is spent after it was fetched, and mostly within days.
        #expect(!jitter.area.isGuessing)
    }
}
