graph [
  node [
    id 0
    label "Beijing"
    Latitude 30
    Longitude 110
  ]
  node [
    id 1
    label "Shanghai"
    Latitude 31
    Longitude 110
  ]
  node [
    id 2
    label "Xian"
  ]
  node [
    id 3
    label "Tokyo"
    Internal 0
  ]
  edge [
    source 0
    target 1
  ]
  edge [
    source 1
    target 2
  ]
  edge [
    source 0
    target 3
  ]
]
