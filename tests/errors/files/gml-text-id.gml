graph [
  node [ id "zero" ]
  node [ label "x" ]
  edge [ source 0 ]
]
