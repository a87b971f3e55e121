package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// table is the figures, in the order in which they were found.
type table struct{ rows []row }

// row is one figure. Its target is empty where none was set.
type row struct{ figure, value, target string }

func (t *table) add(figure, target, format string, args ...any) {
	t.rows = append(t.rows, row{figure, fmt.Sprintf(format, args...), target})
}

// print writes the table in Markdown, its columns aligned for people.
func (t *table) print(out io.Writer) {
	rows := append([]row{{"figure", "measured", "target"}, {}}, t.rows...)
	var widths [3]int
	for _, r := range rows {
		for i, text := range r.cells() {
			widths[i] = max(widths[i], len([]rune(text)))
		}
	}
	for i, r := range rows {
		cells := r.cells()
		for c, width := range widths {
			fill := " "
			if i == 1 {
				fill = "-"
			}
			cells[c] += strings.Repeat(fill, width-len([]rune(cells[c])))
		}
		fmt.Fprintf(out, "| %s |\n", strings.Join(cells[:], " | "))
	}
}

func (r row) cells() [3]string { return [3]string{r.figure, r.value, r.target} }

// median and p95 are quantiles of a sample, which they sort.
func median[T ~int | ~int64](sample []T) T { return quantile(sample, 50) }
func p95[T ~int | ~int64](sample []T) T    { return quantile(sample, 95) }

func quantile[T ~int | ~int64](sample []T, percent int) T {
	slices.Sort(sample)
	return sample[min(len(sample)*percent/100, len(sample)-1)]
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
