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
  edge [
    source 0
    target 1
  ]
]
