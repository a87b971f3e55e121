package autoscaling

import (
	"cmp"
	"slices"
	"sync"
)

// instanceType is what requirements ask of a type.
type instanceType struct {
	name      string
	vcpus     int
	memoryMiB int
	maker     string // cpu manufacturer
	burstable bool
}

func (t instanceType) arm() bool { return t.maker == "amazon-web-services" }

// families are the types that requirements can choose: general purpose, compute and memory optimized ones of the present
// generation, with so much memory for each vCPU. None has local disks or accelerators, or is bare metal.
var families = []struct {
	name   string
	memory int // GiB for each vCPU
	maker  string
	sizes  []string
}{
	{"c5", 2, "intel", small}, {"c6i", 2, "intel", large}, {"c7i", 2, "intel", large}, {"c6g", 2, "amazon-web-services", large},
	{"c7g", 2, "amazon-web-services", large}, {"m5", 4, "intel", large}, {"m5a", 4, "amd", large}, {"m6i", 4, "intel", large},
	{"m7i", 4, "intel", large}, {"m6g", 4, "amazon-web-services", large}, {"m7g", 4, "amazon-web-services", large},
	{"r5", 8, "intel", large}, {"r6i", 8, "intel", large}, {"r7i", 8, "intel", large}, {"r6g", 8, "amazon-web-services", large},
	{"r7g", 8, "amazon-web-services", large},
}

var (
	small = []string{"large", "xlarge", "2xlarge", "4xlarge"}
	large = []string{"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"}
	vcpus = map[string]int{"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "16xlarge": 64}
)

// burstable sizes of t3, t3a and t4g.
var burstable = []struct {
	size             string
	vcpus, memoryMiB int
}{
	{"nano", 2, 512}, {"micro", 2, 1024}, {"small", 2, 2048}, {"medium", 2, 4096}, {"large", 2, 8192}, {"xlarge", 4, 16384}, {"2xlarge", 8, 32768},
}

// catalogue are the types by size, the smallest first: the model has no prices, and takes a smaller type for a cheaper one.
var catalogue = sync.OnceValue(func() []instanceType {
	var all []instanceType
	for _, family := range families {
		for _, size := range family.sizes {
			n := vcpus[size]
			all = append(all, instanceType{name: family.name + "." + size, vcpus: n, memoryMiB: n * family.memory * 1024, maker: family.maker})
		}
	}
	for family, maker := range map[string]string{"t3": "intel", "t3a": "amd", "t4g": "amazon-web-services"} {
		for _, b := range burstable {
			all = append(all, instanceType{name: family + "." + b.size, vcpus: b.vcpus, memoryMiB: b.memoryMiB, maker: maker, burstable: true})
		}
	}
	slices.SortFunc(all, func(a, b instanceType) int {
		return cmp.Or(cmp.Compare(a.vcpus, b.vcpus), cmp.Compare(a.memoryMiB, b.memoryMiB), cmp.Compare(a.name, b.name))
	})
	return all
})
