package sweep

// Places chooses from the points of courses, each course's in order, what every change is held against: each place, which
// is what calls, invocations and entries have in common that look alike to a fault, at its first, middle and last visit
// over all courses. What a read meets after its effect, which it has not, is left out; what only tells people is disturbed in the first
// course that has its place. Of all that is left out so, the tenth is taken whose number ends in the digit: ten tenths
// are everything.
func Places(courses [][]Point, tenth int) [][]Point {
	visits := visitsOf(courses)
	chosen := make([][]Point, len(courses))
	for i, points := range courses {
		for _, p := range points {
			if visits[p.place].chosen(visit{i, p.nth}, p) || p.Number%10 == tenth {
				chosen[i] = append(chosen[i], p)
			}
		}
	}
	return chosen
}

// PlacesOf counts the places of points.
func PlacesOf(courses ...[]Point) int { return len(visitsOf(courses)) }

// visit is a call, an invocation or an entry: the course's number, and the number in it.
type visit struct{ course, nth int }

// visited are the visits of one place, in order.
type visited []visit

func visitsOf(courses [][]Point) map[string]visited {
	all := make(map[string]visited)
	for i, points := range courses {
		for _, p := range points {
			at, v := all[p.place], visit{i, p.nth}
			if len(at) == 0 || at[len(at)-1] != v {
				all[p.place] = append(at, v)
			}
		}
	}
	return all
}

// chosen reports whether a point is taken for the sake of its place.
func (v visited) chosen(at visit, p Point) bool {
	if p.read && p.after {
		return false
	}
	if p.tells {
		v = v.inFirstCourse()
	}
	for i, each := range v {
		if each == at {
			return firstMiddleOrLast(i+1, len(v))
		}
	}
	return false
}

func (v visited) inFirstCourse() visited {
	for i := range v {
		if v[i].course != v[0].course {
			return v[:i]
		}
	}
	return v
}

// firstMiddleOrLast reports whether the nth of so many is one of these, counted from 1.
func firstMiddleOrLast(nth, last int) bool { return nth == 1 || nth == (last+1)/2 || nth == last }
